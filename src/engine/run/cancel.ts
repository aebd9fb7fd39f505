import { PolisError } from '../../core/error.ts'
import { abandon } from './abandon.ts'
import { endCancelled } from './end.ts'
import { abort } from './lazy-abort.ts'
import { scheduleFlush } from './record.ts'
import type { CancelOrder } from './recording.ts'
import type { Residence } from './residence.ts'

/** How long a cancelled run's code has for cleanup steps (ms), from the recorded cancel on. */
export const CLEANUP_LIMIT = 30_000

/** A recorded cancel reaches the code: signals abort, what it waits for rejects CANCELLED, and cleanup has its time. */
export function applyCancel(residence: Residence, order: CancelOrder): void {
  const { engine, record } = residence
  const { reason, time } = order
  if (residence.cancel !== undefined) return
  residence.cancel = order
  residence.cancelRequested = true
  // Its cleanup is not to be paused: it has an end by itself.
  if (residence.mode === 'pausing') residence.mode = 'running'
  const error = new PolisError('CANCELLED', `Run ${record.run} was cancelled: ${reason}`)
  residence.stopClock()
  residence.stopClock = engine.clock.setTimer(time + CLEANUP_LIMIT, () => endCancelled(residence))
  for (const lane of residence.lanes) abort(lane.abort, error)
  for (const operation of [...residence.operations.values()]) abandon(residence, operation, error)
  scheduleFlush(residence)
}
