import type { Revision } from '../../cluster/revision/revision.ts'
import type { Outcome } from '../../cluster/roll-out.ts'
import type { Context } from '../context.ts'
import { escapeText } from '../terminal/escape.ts'
import { changeJson } from './show-change.ts'
import { took } from './show-progress.ts'

/** How a change ended, for people; `since` is when it began, in milliseconds since the epoch. */
export function outcomeLines(outcome: Outcome, { io, style }: Context, since: number): readonly string[] {
  const { revision } = outcome
  const time = took(since, io.clock.now())
  const what = `revision ${revision.number} of ${escapeText(revision.target.name)}, release ${escapeText(revision.target.release)}`
  if (outcome.kind === 'unchanged')
    return [`${style.green('✓')} ${what}: nothing changed, and all is healthy (${time})`]
  if (outcome.kind === 'deployed') return [`${style.green('✓')} ${what} is deployed and healthy (${time})`]
  const back =
    outcome.restored === undefined
      ? 'it is left as it is'
      : `revision ${outcome.restored.number} has brought back what was good before`
  return [`${style.red('✗')} ${what} failed: ${escapeText(outcome.message)}`, `  ${back} (${time})`]
}

/** Likewise, for programs. */
export function outcomeJson(outcome: Outcome): unknown {
  return {
    outcome: outcome.kind,
    revision: revisionJson(outcome.revision),
    ...(outcome.kind === 'deployed'
      ? { changes: outcome.changes.filter(({ kind }) => kind !== 'none').map((change) => changeJson(change)) }
      : {}),
    ...(outcome.kind === 'failed'
      ? { message: outcome.message, restored: outcome.restored === undefined ? null : revisionJson(outcome.restored) }
      : {}),
  }
}

/** A revision for programs, without its objects. */
export function revisionJson({ target, ...about }: Revision): unknown {
  const { name, namespace, environment, image, release, agents, hash } = target
  return { ...about, name, namespace, environment, image, release, agents, hash }
}
