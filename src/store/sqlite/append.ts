import { hasEnded } from '../../core/run.ts'
import type { Commit, CommitOutcome } from '../journal.ts'
import { areOpen, deliverAll, recordParts, standing, submitAll } from './commit-part.ts'
import { finishRun } from './end.ts'
import { refusal } from './refusal.ts'
import { applySeize } from './seize.ts'
import { checkFirst, follows } from './submit.ts'
import { passTurn } from './turn.ts'
import { touch, type Work } from './work.ts'

/**
 * Does a commit wholly, or answers why not.
 *
 * The hot path of the store: one guarded UPDATE of the run, which finds out whether epoch, head and status are as the holder
 * believes, then the rows. Only when it changes nothing is it asked why.
 */
export function applyCommit(work: Work, commit: Commit, now: number): CommitOutcome {
  if (commit.submits !== undefined) for (const submit of commit.submits) checkFirst(submit)
  if (commit.seize === true) return applySeize(work, commit, now)
  const { entries, next } = commit
  const first = entries[0]?.sequence
  if (first !== undefined && !follows(entries, commit, first)) return refusal(work, commit)
  if (!areOpen(work, commit)) return refusal(work, commit)
  if (next === undefined) {
    const { changes } = work.runs.advance.run(...head(commit, now))
    if (changes === 0) return refusal(work, commit)
    recordParts(work, commit, now)
    reachOut(work, commit, now)
    return { kind: 'committed', status: 'running' }
  }
  const moved = work.runs.move.get(...head(commit, now), ...standing(next, now))
  if (moved === undefined) return refusal(work, commit)
  recordParts(work, commit, now)
  touch(work, commit.run)
  deliverAll(work, commit, now)
  if (hasEnded(next.status)) finishRun(work, { ...moved, tenant: commit.tenant, run: commit.run }, now)
  else if (next.status === 'suspended') work.runs.wakeToRead.run(now, commit.tenant, commit.run)
  submitAll(work, commit, now)
  if (moved.session !== null && hasEnded(next.status)) passTurn(work, commit.tenant, moved.session, now)
  if (next.status !== 'suspended') return { kind: 'committed', status: next.status }
  return { kind: 'committed', status: work.runs.status.get(commit.tenant, commit.run)?.status ?? next.status }
}

function reachOut(work: Work, commit: Commit, now: number): void {
  deliverAll(work, commit, now)
  submitAll(work, commit, now)
}

function head({ tenant, run, epoch, entries }: Commit, now: number) {
  let bytes = 0
  for (const { payload } of entries) bytes += payload.byteLength
  const first = entries[0]?.sequence
  return [entries.length, bytes, now, tenant, run, epoch, first === undefined ? null : first - 1] as const
}
