import type { z } from 'zod'
import { labelValue } from '../core/deployment/field.ts'
import { type EnvironmentSpec, environmentSchema } from '../core/deployment/schema.ts'
import { PolisError } from '../core/error.ts'
import { nearest } from '../core/nearest.ts'

/**
 * What the `deployment` of a project says of one environment: the base, overridden, checked, with defaults filled in. Objects merge, lists
 * and values replace. Without a name it is the base alone.
 *
 * Throws INVALID_CONFIG that lists every option that is wrong, a line each, also in `details.faults`; NOT_FOUND for an environment that the
 * project does not have.
 */
export function resolveEnvironment(deployment: unknown, environment: string | undefined): EnvironmentSpec {
  const given = asObject(deployment, 'deployment')
  const { environments = {}, ...base } = given
  const all = asObject(environments, 'deployment.environments')
  if (environment !== undefined && !Object.hasOwn(all, environment))
    throw unknownEnvironment(environment, Object.keys(all))
  const faults = Object.keys(all).filter((name) => !labelValue.safeParse(name).success)
  if (faults.length > 0) throw invalid(faults.map(namedWrong))
  const own = environment === undefined ? {} : asObject(all[environment], `deployment.environments.${environment}`)
  const parsed = environmentSchema.safeParse(merge(base, own))
  if (parsed.success) return parsed.data
  throw invalid(parsed.error.issues.flatMap((issue) => explain(issue, own, environment)))
}

// It is the value of a label of every object.
function namedWrong(environment: string): string {
  return `deployment.environments.${environment}: expected a name of letters, digits, hyphens, dots and underscores, at most 63`
}

type Options = Readonly<Record<string, unknown>>

function asObject(value: unknown, path: string): Options {
  if (value === undefined) return {}
  if (isObject(value)) return value
  throw invalid([`${path}: expected an object of options`])
}

function isObject(value: unknown): value is Options {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function merge(base: Options, over: Options): Options {
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key]
    // Of another kind is another thing: what the base says of it is none of its options.
    const isSame = isObject(below) && isObject(value) && (value.kind === undefined || value.kind === below.kind)
    merged[key] = isSame ? merge(below, value) : value
  }
  return merged
}

function unknownEnvironment(environment: string, known: readonly string[]): PolisError {
  const meant = nearest(environment, known)
  const advice =
    known.length === 0
      ? 'the project has none'
      : meant === undefined
        ? `there are ${known.join(', ')}`
        : `did you mean '${meant}'?`
  return new PolisError('NOT_FOUND', `There is no environment '${environment}' in deployment.environments; ${advice}`, {
    details: { hint: 'Give another --env, or add it to deployment.environments in polis.config.ts' },
  })
}

function explain(issue: z.core.$ZodIssue, own: Options, environment: string | undefined): string[] {
  const path = issue.path.map(String)
  const isOwn = environment !== undefined && path[0] !== undefined && Object.hasOwn(own, path[0])
  const at = ['deployment', ...(isOwn ? ['environments', environment] : []), ...path].join('.')
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${at}.${key}: unknown option`)
  return [`${at}: ${issue.message}`]
}

function invalid(faults: readonly string[]): PolisError {
  return new PolisError('INVALID_CONFIG', faults.map((fault) => `polis.config: ${fault}`).join('\n'), {
    details: { faults },
  })
}
