import { hasEnded } from '../../core/run.ts'
import type { Commit, CommitOutcome } from '../journal.ts'
import { isProgress } from '../progress.ts'
import { deliverAll, isFree, recordParts, submitAll } from './commit-part.ts'
import { moveRun } from './move.ts'
import { isRetry, refusal, seizeConflict } from './refusal.ts'
import { bookOpen } from './spend.ts'
import { follows } from './submit.ts'
import { passTurn, putRun } from './turn.ts'
import type { Work } from './work.ts'

/** Does a commit to a run that no worker holds: a cancel, a pause, a resume, a retry. */
export function applySeize(work: Work, commit: Commit, now: number): CommitOutcome {
  const { tenant, run, entries, next } = commit
  const row = work.runs.get.get(tenant, run)
  if (row === undefined || isRetry(work, commit) || seizeConflict(commit, row) !== undefined) {
    return refusal(work, commit)
  }
  if (!follows(entries, commit, row.sequence + 1) || !isFree(work, commit)) return refusal(work, commit)
  let bytes = row.bytes
  for (const { payload } of entries) bytes += payload.byteLength
  const sequence = row.sequence + entries.length
  const crashes = isProgress(entries) ? 0 : row.crashes
  const seized = { ...row, epoch: commit.epoch, sequence, bytes, crashes, updatedAt: now }
  putRun(work, seized)
  recordParts(work, commit, now)
  deliverAll(work, commit, now)
  if (next !== undefined) moveRun(work, work.runs.get.get(tenant, run) ?? seized, next, now)
  // One that has ended, and stays so, holds nothing.
  else if (hasEnded(row.status)) bookOpen(work, tenant, run, now)
  submitAll(work, commit, now)
  if (row.session !== null) passTurn(work, tenant, row.session, now)
  return { kind: 'committed', status: work.runs.status.get(tenant, run)?.status ?? row.status }
}
