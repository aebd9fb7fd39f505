import { PolisError } from '../../core/error.ts'
import { endCancelled } from './end.ts'
import { settle } from './operate.ts'
import type { CancelOrder } from './recording.ts'
import type { Residence } from './residence.ts'

/** How long a cancelled run's code has for cleanup steps (ms), from the recorded cancel on. */
export const CLEANUP_LIMIT = 30_000

/** A recorded cancel reaches the code: signals abort, what it waits for rejects CANCELLED, and cleanup has its time. */
export function applyCancel(residence: Residence, order: CancelOrder): void {
  const { engine, record } = residence
  const { reason, time } = order
  residence.cancel = order
  const error = new PolisError('CANCELLED', `Run ${record.run} was cancelled: ${reason}`)
  residence.stopClock()
  residence.stopClock = engine.clock.setTimer(time + CLEANUP_LIMIT, () => endCancelled(residence))
  for (const lane of residence.lanes) lane.abort.abort(error)
  const closing = { kind: 'error', error: error.toJSON(), sequence: 0 } as const
  for (const operation of [...residence.operations.values()]) settle(residence, operation, closing)
}
