import type { Clock } from '../core/clock.ts'
import { PolisError } from '../core/error.ts'
import type { Store } from '../store/store.ts'
import type { Log } from '../telemetry/log.ts'

/** Looks for what is over so often (ms), and removes so many runs in one commit. */
const EVERY = 60_000
const BATCH = 200

/** The process that removes leads for so long (ms) from its last look on. */
const LEAD = 2.5 * EVERY

/**
 * Removes what is over its time: sessions by their own, runs by `keep`, which is how long ended ones stay (ms); undefined keeps them for
 * ever. Any process may run it: one of them leads, and two that do it at once do no harm.
 */
export function createRetention(options: {
  readonly store: Store
  /** This process, among those that may lead. */
  readonly holder: string
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
      await options.store.coordination.lead('retention', options.holder, 0).catch((reason) => {
        options.log.debug(
          { error: PolisError.from(reason) },
          'the lead in retention was not given up, it ends by itself',
        )
      })
    },
  }
}

// True when there may be more.
async function sweep(options: Parameters<typeof createRetention>[0]): Promise<boolean> {
  const { store, holder, clock, log, keep, keepLedger } = options
  const now = clock.now()
  try {
    if (!(await store.coordination.lead('retention', holder, LEAD))) return false
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
