import type { Clock } from '../core/clock.ts'
import { PolisError } from '../core/error.ts'
import type { Store } from '../store/store.ts'
import type { Log } from '../telemetry/log.ts'

/** Looks for what is over so often (ms), and removes so many runs in one commit. */
const EVERY = 60_000
const BATCH = 200

/** Removes what is over its time: sessions by their own, runs by `keep`, which is how long ended ones stay (ms); undefined keeps them for ever. */
export function createRetention(options: {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly keep: number | undefined
  /** How long charges stay (ms); undefined keeps them for ever. */
  readonly keepLedger?: number | undefined
}): {
  start(): void
  stop(): Promise<void>
} {
  const state = { stopped: false, cancel: () => {}, sweeping: Promise.resolve() }
  const again = (delay: number) => {
    if (state.stopped) return
    state.cancel = options.clock.setTimer(options.clock.now() + delay, () => {
      state.sweeping = sweep(options).then((full) => again(full ? 100 : EVERY))
    })
  }
  return {
    start: () => again(EVERY),
    async stop() {
      state.stopped = true
      state.cancel()
      await state.sweeping
    },
  }
}

// True when there may be more.
async function sweep({ store, clock, log, keep, keepLedger }: Parameters<typeof createRetention>[0]): Promise<boolean> {
  const now = clock.now()
  try {
    const removed = await store.index.expire({
      now,
      limit: BATCH,
      ...(keep === undefined ? {} : { endedBefore: now - keep }),
      ...(keepLedger === undefined ? {} : { chargedBefore: now - keepLedger }),
    })
    if (removed > 0) log.info({ removed }, 'runs and sessions over their time were removed')
    return removed >= BATCH
  } catch (reason) {
    log.warn({ error: PolisError.from(reason) }, 'removing old runs and sessions failed, trying again later')
    return false
  }
}
