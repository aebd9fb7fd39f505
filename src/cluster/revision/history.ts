import { PolisError } from '../../core/error.ts'
import type { Target } from '../target.ts'
import type { Revision, RevisionCause } from './revision.ts'

/** Revisions that are kept beside those that are needed. */
const KEPT = 10

/** Which revision is worked on next. */
export interface NextRevision {
  readonly number: number
  /** Those whose work ended without an end, and that are not gone on with. */
  readonly interrupted: readonly Revision[]
  /** The one that is gone on with. */
  readonly resumed: Revision | undefined
}

/** Decides whether an interrupted revision is gone on with, or another follows. `history` is in any order. */
export function nextRevision(history: readonly Revision[], target: Target, cause: RevisionCause): NextRevision {
  const newest = newestOf(history)
  const resumed = newest?.status === 'applying' && isSame(newest, target, cause) ? newest : undefined
  return {
    number: resumed?.number ?? (newest?.number ?? 0) + 1,
    interrupted: history.filter((each) => each.status === 'applying' && each !== resumed),
    resumed,
  }
}

/** The revision that was begun last. */
export function newestOf(history: readonly Revision[]): Revision | undefined {
  return history.reduce<Revision | undefined>((a, b) => (a === undefined || b.number > a.number ? b : a), undefined)
}

/** The last revision that became healthy. */
export function lastGood(history: readonly Revision[]): Revision | undefined {
  return newestOf(history.filter(({ status }) => status === 'deployed'))
}

/**
 * The revision to go back to: the one asked for; else the last good one where something failed since, or the good one before it that was
 * another.
 *
 * Throws NOT_FOUND where there is none.
 */
export function rollbackTarget(history: readonly Revision[], to: number | undefined): Revision {
  const good = history.filter(({ status }) => status === 'deployed')
  if (to !== undefined) {
    const asked = history.find(({ number }) => number === to)
    if (asked === undefined) throw none(`There is no revision ${to}; ${list(history)}`)
    return asked
  }
  const present = newestOf(good)
  const newest = newestOf(history)
  if (present !== undefined && present !== newest) return present
  const before = newestOf(good.filter(({ target }) => target.hash !== present?.target.hash))
  if (before === undefined) throw none(`There is no earlier revision that was good; ${list(history)}`)
  return before
}

/**
 * Throws CONFLICT where what is there is of another environment: with the wrong context, or without a namespace of its own, the one would
 * take the place of the other.
 */
export function refuseOtherEnvironment(
  history: readonly Revision[],
  { name, namespace, environment }: Pick<Target, 'name' | 'namespace' | 'environment'>,
): void {
  const present = newestOf(history)?.target.environment ?? environment
  if (present === environment) return
  throw new PolisError(
    'CONFLICT',
    `The deployment ${name} in ${namespace} is of the environment ${present}, and this is ${environment}`,
    {
      details: {
        hint: `Give deployment.environments.${environment} a namespace of its own, or check --env and --context; --force-conflicts of apply makes it ${environment}, and --name leaves out of account what the project says`,
      },
    },
  )
}

/** Revisions whose records may go: the oldest, but none that is needed to go back, or whose objects may still be there. */
export function expired(history: readonly Revision[], draining: ReadonlySet<string>): readonly Revision[] {
  const good = lastGood(history)?.number ?? 0
  const older = history
    .filter(({ number }) => number < good)
    .sort((a, b) => b.number - a.number)
    .slice(KEPT)
  const back = newestOf(older.filter(({ status }) => status === 'deployed'))
  const hasOther = history.some(
    ({ number, status }) => status === 'deployed' && number < good && !older.some((each) => each.number === number),
  )
  return older.filter((each) => !draining.has(each.target.release) && (hasOther || each !== back))
}

function isSame(revision: Revision, target: Target, cause: RevisionCause): boolean {
  return revision.target.hash === target.hash && revision.cause.kind === cause.kind
}

function list(history: readonly Revision[]): string {
  const numbers = history.map(({ number }) => number).sort((a, b) => a - b)
  return numbers.length === 0 ? 'there is none at all' : `there are ${numbers.join(', ')}`
}

function none(message: string): PolisError {
  return new PolisError('NOT_FOUND', message, { details: { hint: "'polis status' lists the revisions" } })
}
