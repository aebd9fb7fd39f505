import { Cron } from 'croner'
import { z } from 'zod'
import { PolisError } from '../../core/error.ts'
import { isName, NAME_RULE } from '../../core/name.ts'
import { nearest } from '../../core/nearest.ts'
import type { MissedTicks } from '../../core/schedule.ts'
import { redactText } from '../../core/secret.ts'
import { assertSerializable } from '../../core/serializable.ts'
import { MODELS_OPTIONS, type ModelsConfig, modelsSchema } from '../../model/config.ts'
import { type McpServerConfig, mcpServersSchema } from '../../protocol/mcp/config.ts'

/** A project file that was checked, with its defaults filled in. Settings are checked apart, together with the environment. */
export interface ProjectConfig {
  readonly settings: Readonly<Record<string, unknown>>
  readonly servers: Readonly<Record<string, McpServerConfig>>
  readonly schedules: Readonly<Record<string, ScheduleConfig>>
  readonly models: ModelsConfig
  /** Runs of one tenant at once; absent means no limit. */
  readonly tenantConcurrency?: number
  /** As it was given: whoever deploys checks it. */
  readonly deployment?: unknown
}

/** A schedule, with its defaults filled in. */
export interface ScheduleConfig {
  readonly agent: string
  readonly cron: string
  readonly timeZone: string
  readonly missed: MissedTicks
  readonly input: unknown
}

const name = (what: string) => z.string({ error: `expected ${what}` }).refine(isName, `expected ${what}: ${NAME_RULE}`)
const record = <Value extends z.ZodType>(value: Value, expected: string) =>
  z.record(z.string().refine(isName, `expected the name to be ${NAME_RULE}`), value, { error: `expected ${expected}` })
const scheduleSchema = z.strictObject(
  {
    agent: name("an agent's name"),
    cron: z.custom<string>(isCron, {
      error: "expected a cron expression of five or six fields, such as '0 9 * * 1-5', or '@daily'",
    }),
    timeZone: z
      .custom<string>(isTimeZone, { error: "expected an IANA time zone, such as 'Europe/Berlin'" })
      .default('UTC'),
    missed: z.enum(['skip', 'once', 'all'], { error: "expected 'skip', 'once' or 'all'" }).default('once'),
    input: z.unknown().optional(),
  },
  { error: 'expected an object with agent and cron' },
)
const count = z.int({ error: 'expected a whole number of 1 or more' }).min(1, 'expected a whole number of 1 or more')
const schema = z.strictObject(
  {
    settings: z.record(z.string(), z.unknown(), { error: 'expected an object of settings by dotted name' }).default({}),
    servers: mcpServersSchema.default({}),
    schedules: record(scheduleSchema, 'an object of schedules by name').default({}),
    models: modelsSchema.default({}),
    limits: z
      .strictObject(
        { tenant: z.strictObject({ concurrency: count.optional() }, { error: 'expected an object' }).default({}) },
        { error: 'expected an object' },
      )
      .default({ tenant: {} }),
    deployment: z.unknown().optional(),
  },
  { error: 'expected an object of options' },
)

// Options by the path of the object that has them, for advice on a mistyped one.
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(schema.shape),
  schedules: Object.keys(scheduleSchema.shape),
  limits: ['tenant'],
  'limits.tenant': ['concurrency'],
  ...Object.fromEntries(
    Object.entries(MODELS_OPTIONS).map(([key, it]) => [key === '' ? 'models' : `models.${key}`, it]),
  ),
}

/**
 * Checks what a project file exports; INVALID_CONFIG lists every option that is wrong, a line each, also in `details.faults`.
 *
 * `file` is how the message names the file.
 */
export function parseConfig(value: unknown, file: string): ProjectConfig {
  const parsed = schema.safeParse(value)
  const faults = parsed.success
    ? inputFaults(parsed.data.schedules)
    : parsed.error.issues.flatMap((it) => explain(it, value))
  if (!parsed.success || faults.length > 0) {
    throw new PolisError('INVALID_CONFIG', faults.map((fault) => `${file}: ${fault}`).join('\n'), {
      details: { faults },
    })
  }
  const { settings, servers, schedules, models, limits, deployment } = parsed.data
  const concurrency = limits.tenant.concurrency
  return {
    settings,
    servers,
    // Checked by its schema; zod writes optional as `| undefined`.
    models: models as ModelsConfig,
    schedules: Object.fromEntries(
      Object.entries(schedules).map(([key, it]) => [key, { ...it, input: it.input ?? {} }]),
    ),
    ...(concurrency === undefined ? {} : { tenantConcurrency: concurrency }),
    ...(deployment === undefined ? {} : { deployment }),
  }
}

/** What a folder without a project file has. */
export function defaultConfig(): ProjectConfig {
  return parseConfig({}, 'polis.config.ts')
}

function inputFaults(schedules: Readonly<Record<string, { readonly input?: unknown }>>): string[] {
  return Object.entries(schedules).flatMap(([key, { input }]) => {
    try {
      assertSerializable(input, `schedules.${key}.input`)
      return []
    } catch (reason) {
      return [PolisError.from(reason).message]
    }
  })
}

function explain(issue: z.core.$ZodIssue, value: unknown): string[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${[...path, key].join('.')}: ${unknownOption(key, path)}`)
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
  const got = issue.code === 'custom' && path[0] === 'servers' ? '' : `, got ${show(at(value, issue.path))}`
  return [path.length === 0 ? `${message}${got}` : `${path.join('.')}: ${message}${got}`]
}

function unknownOption(key: string, path: readonly string[]): string {
  const known = OPTIONS[optionPath(path)] ?? []
  const meant = nearest(key, known)
  return `unknown option; ${meant === undefined ? `known are ${known.join(', ')}` : `did you mean '${meant}'?`}`
}

// Names of the project's own stand as `*`.
function optionPath(path: readonly string[]): string {
  if (path[0] === 'schedules') return 'schedules'
  return path.map((key, depth) => (path[0] === 'models' && depth === 2 ? '*' : key)).join('.')
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  )
}

// Long texts are not shown: one may be a secret in the wrong place.
function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string')
    return value.length > 60 ? `a text of ${value.length} characters` : `'${redactText(value)}'`
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

function isCron(value: unknown): boolean {
  if (typeof value !== 'string') return false
  try {
    // Paused: only read, never started.
    return new Cron(value, { paused: true }).nextRun() !== null
  } catch {
    // Croner says why in words of its own; the caller names the option and shows the value.
    return false
  }
}

function isTimeZone(value: unknown): boolean {
  if (typeof value !== 'string') return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== ''
  } catch {
    // RangeError is how Intl says no.
    return false
  }
}
