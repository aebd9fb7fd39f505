import { abort } from './lazy-abort.ts'
import type { Residence } from './residence.ts'

/** Forgets a run: aborts what executes, settles no promise of the code, and tells the worker why (invariant 5). */
export function drop(residence: Residence, why: string): void {
  if (residence.mode === 'dropped') return
  residence.mode = 'dropped'
  residence.recheck()
  residence.stopClock()
  for (const operation of residence.operations.values()) operation.stop()
  residence.operations.clear()
  residence.fresh = []
  residence.handing.length = 0
  for (const lane of residence.lanes) abort(lane.abort)
  residence.onDropped(why, residence.end?.record.status === why ? residence.end : undefined)
}
