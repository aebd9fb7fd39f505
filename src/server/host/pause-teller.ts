import type { Store } from '../../store/store.ts'
import type { Reports } from './agents-thread.ts'

/** Looks whether the store is paused: answers the note for whoever asks, and logs, as a warning, when that changes. */
export function createPauseTeller(store: Store, reports: Pick<Reports, 'log'>): () => Promise<string | undefined> {
  let told: string | undefined
  return async () => {
    const { paused, incarnation } = await store.transfer.state()
    const note =
      paused === undefined
        ? undefined
        : `the store is paused since ${new Date(paused.since).toISOString()} (${paused.reason}): no run is executed and none is taken until \`polis store resume\``
    if (note !== told) reports.log.warn({ incarnation }, note ?? 'the store is resumed: runs are executed again')
    told = note
    return note
  }
}
