import type { Entry } from '../../core/entry.ts'
import type { Commit, CommitOutcome } from '../journal.ts'
import { entryOf } from './entry.ts'
import { overrunOf } from './spend.ts'
import { follows, outOfOrder } from './submit.ts'
import type { Work } from './work.ts'

/**
 * Why a commit cannot be done, in the order of the contract's guards: it is there already, the holder was fenced, the entries do
 * not follow, a question is not open, a budget has no room, an event is
 * unread. Nothing was written.
 *
 * @throws PolisError CONFLICT when the entries do not follow the head (G4).
 */
export function refusal(work: Work, commit: Commit): CommitOutcome {
  const { tenant, run, entries } = commit
  const row = work.runs.get.get(tenant, run)
  if (row === undefined) return { kind: 'conflict', reason: `There is no run ${run}` }
  const isHeld = commit.epoch === row.epoch && row.status === 'running'
  // A retry after which the run would stay with its holder is of use to its holder alone.
  const isOver = isHeld || commit.seize === true || commit.next !== undefined
  if (isOver && isRetry(work, commit)) return { kind: 'committed', status: row.status }
  if (commit.seize === true) {
    const reason = seizeConflict(commit, row)
    if (reason !== undefined) return { kind: 'conflict', reason }
  } else if (!isHeld) return { kind: 'fenced', epoch: row.epoch }
  if (!follows(entries, commit, row.sequence + 1)) throw outOfOrder(commit, row.sequence + 1, entries)
  const closed = commit.closes?.find((id) => work.inbox.isOpen.get(tenant, run, id) === undefined)
  if (closed !== undefined) return { kind: 'conflict', reason: `Question ${closed} is not open any more` }
  return overrunOf(work, commit) ?? { kind: 'unread' }
}

/** Whether all entries of a commit are in the journal already, byte for byte: it is tried again. */
export function isRetry(work: Work, { tenant, run, entries }: Commit): boolean {
  const isThere = (entry: Entry) => {
    const row = work.journal.get.get(tenant, run, entry.sequence)
    return row !== undefined && sameEntry(entry, entryOf(row))
  }
  return entries.length > 0 && entries.every(isThere)
}

/** Why a run in this state cannot be seized, if it cannot. */
export function seizeConflict(
  { run, epoch, entries }: Commit,
  held: { readonly status: string; readonly epoch: number; readonly sequence: number },
): string | undefined {
  if (held.status === 'running') return `Run ${run} is held by a worker`
  if (epoch !== held.epoch + 1) return `Run ${run} is at epoch ${held.epoch}`
  const first = entries[0]?.sequence ?? held.sequence + 1
  return first === held.sequence + 1 ? undefined : `Run ${run} is at entry ${held.sequence}`
}

function sameEntry(a: Entry, b: Entry): boolean {
  return (
    a.tenant === b.tenant &&
    a.run === b.run &&
    a.sequence === b.sequence &&
    a.version === b.version &&
    a.epoch === b.epoch &&
    a.kind === b.kind &&
    a.time === b.time &&
    a.release === b.release &&
    a.blob === b.blob &&
    Buffer.compare(a.payload, b.payload) === 0
  )
}
