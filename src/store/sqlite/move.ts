import { hasEnded, type RunStatus } from '../../core/run.ts'
import type { Transition } from '../journal.ts'
import { standing } from './commit-part.ts'
import { finishRun } from './end.ts'
import type { RunRow } from './run-row.ts'
import { joinLine, putRun, takeTurn } from './turn.ts'
import type { Work } from './work.ts'

/** Makes a run stand as the transition says. One whose session is another's turn is blocked instead, unless it ends (G7). */
export function moveRun(work: Work, row: RunRow, next: Transition, now: number): void {
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
  if (isWoken(status)) work.runs.wakeToRead.run(now, row.tenant, row.run)
}

/** Whether a message may queue a run that stands so: a paused one only to be cancelled. */
export function isWoken(status: RunStatus): status is 'suspended' | 'paused' {
  return status === 'suspended' || status === 'paused'
}
