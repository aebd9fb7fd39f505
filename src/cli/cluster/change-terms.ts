import { execFile } from 'node:child_process'
import { hostname } from 'node:os'
import { promisify } from 'node:util'
import type { ClusterApi } from '../../cluster/api.ts'
import { userOf } from '../../cluster/preflight.ts'
import type { RollOutDependencies } from '../../cluster/roll-out-terms.ts'
import { parseDuration } from '../../core/duration.ts'
import { PolisError } from '../../core/error.ts'
import { systemRandom } from '../../core/random.ts'
import type { Context } from '../context.ts'
import type { ChangeFlags } from './flags.ts'
import { createReport } from './show-progress.ts'

/** Who changes a deployment, and why. */
export interface ChangeTerms {
  readonly by: string
  readonly reason?: string
  readonly commit?: string
  /** Milliseconds. */
  readonly timeout: number
}

/** What the options say, and what can be found out. */
export async function changeTerms(flags: ChangeFlags, context: Context, api: ClusterApi): Promise<ChangeTerms> {
  const timeout = parseTimeout(flags.timeout)
  const [user, commit] = await Promise.all([flags.by ?? userOf(api), commitOf(context)])
  return {
    ...{ by: user || 'unknown', timeout },
    ...(flags.reason === undefined ? {} : { reason: flags.reason }),
    ...(commit === undefined ? {} : { commit }),
  }
}

/** Milliseconds of `--timeout`; by default ten minutes. */
function parseTimeout(given: string | undefined): number {
  const timeout = parseDuration(given ?? '10m', '--timeout')
  if (timeout > 0) return timeout
  throw new PolisError('INVALID_ARGUMENT', `--timeout: expected a duration above zero, got '${given}'`)
}

/** What a change is made with, in this process. */
export function changeDependencies(
  context: Context,
  { api, holdsRuns, by }: Pick<RollOutDependencies, 'api' | 'holdsRuns'> & { readonly by: string },
): RollOutDependencies {
  const random = systemRandom()
  const unique = Buffer.from(random.bytes(4)).toString('hex')
  return {
    ...{ api, holdsRuns, random, clock: context.io.clock, signal: context.io.stop },
    report: createReport(context),
    holder: `${by} on ${hostname()} (${unique})`,
  }
}

// Pipelines say it in the environment, where the checkout may have no history.
async function commitOf({ io, dir }: Context): Promise<string | undefined> {
  const told = io.env.GITHUB_SHA || io.env.CI_COMMIT_SHA || io.env.GIT_COMMIT
  if (told) return told
  const asked = await promisify(execFile)('git', [
    '-C',
    dir,
    'describe',
    '--always',
    '--dirty',
    '--abbrev=40',
    '--exclude=*',
  ]).catch(() => undefined)
  return asked?.stdout.trim() || undefined
}
