import { hasEnded } from '../../core/run.ts'
import type { Commit, CommitOutcome, Transition } from '../journal.ts'
import { areOpen, deliverAll, recordParts, standing, submitAll } from './commit-part.ts'
import { finishRun } from './end.ts'
import { isRetry, refusal, seizeConflict } from './refusal.ts'
import type { RunRow } from './run-row.ts'
import { follows } from './submit.ts'
import { joinLine, passTurn, putRun, takeTurn } from './turn.ts'
import type { Work } from './work.ts'

/** Does a commit to a run that no worker holds: a cancel, a pause, a resume, a retry. */
export function applySeize(work: Work, commit: Commit, now: number): CommitOutcome {
  const { tenant, run, entries, next } = commit
  const row = work.runs.get.get(tenant, run)
  if (row === undefined || isRetry(work, commit) || seizeConflict(commit, row) !== undefined) {
    return refusal(work, commit)
  }
  if (!follows(entries, commit, row.sequence + 1) || !areOpen(work, commit)) return refusal(work, commit)
  let bytes = row.bytes
  for (const { payload } of entries) bytes += payload.byteLength
  const sequence = row.sequence + entries.length
  const crashes = entries.length > 0 ? 0 : row.crashes
  const seized = { ...row, epoch: commit.epoch, sequence, bytes, crashes, updatedAt: now }
  putRun(work, seized)
  recordParts(work, commit, now)
  deliverAll(work, commit, now)
  if (next !== undefined) moveRun(work, work.runs.get.get(tenant, run) ?? seized, next, now)
  submitAll(work, commit, now)
  if (row.session !== null) passTurn(work, tenant, row.session, now)
  return { kind: 'committed', status: work.runs.status.get(tenant, run)?.status ?? row.status }
}

// A run whose session is another's turn is blocked instead, unless it ends (G7).
function moveRun(work: Work, row: RunRow, next: Transition, now: number): void {
  const [status, reason, wakeAt, endedAt, queuedAt] = standing(next, now)
  const moved = { ...row, status, reason, wakeAt, endedAt, queuedAt, worker: null, turn: null, updatedAt: now }
  if (hasEnded(status)) {
    putRun(work, moved)
    return finishRun(work, row, now)
  }
  if (row.endedAt !== null && row.key !== null) work.keys.end.run(null, row.tenant, row.agent, row.key, row.run)
  if (takeTurn(work, row, now)) putRun(work, moved)
  else
    putRun(work, {
      ...moved,
      status: 'blocked',
      queuedAt: now,
      turn: row.turn ?? joinLine(work, row.tenant, row.session, now),
    })
  if (status === 'suspended') work.runs.wakeToRead.run(now, row.tenant, row.run)
}
