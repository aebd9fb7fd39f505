import type { Clock } from '../core/clock.ts'
import { PolisError } from '../core/error.ts'
import { archiveRun } from '../store/archive/copy.ts'
import type { Archive } from '../store/archive.ts'
import type { EndedRun } from '../store/index-port.ts'
import type { Store } from '../store/store.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics-port.ts'

/** What moves ended runs works with. Times are ms. */
export interface ArchiverOptions {
  readonly live: Store
  readonly archive: Archive
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** Tells this process from others that would lead. */
  readonly holder: string
  /** Runs leave the store so long after their end. */
  readonly after: number
  /** And the archive so long after it; undefined keeps them for ever. */
  readonly keep?: number | undefined
}

/** Moves ended runs while it is started. */
export interface Archiver {
  /** Looks soon, and then once a minute. */
  start(): void
  /** Moves what may be moved now; false while another process does. Never rejects. */
  look(): Promise<boolean>
  stop(): Promise<void>
}

/** Looks for what may leave soon after its start, then so often (ms); holds so many runs of a list at once. */
const SOON = 1_000
const EVERY = 60_000
const PAGE = 64
/** So many runs are moved at once: they share the archive's transactions. */
const AT_ONCE = 16
/** The process that looks leads for so long (ms) from each page on: one that died is waited for no longer. */
const LEAD = 10_000

/**
 * Moves runs that ended from the store into the archive, one by one, and removes from the archive what is over.
 *
 * One process of a deployment does it at a time, to spare work; it is safe in several (`store/archive/copy.ts`). Of a store that is
 * paused nothing leaves. Archived runs of a session that is gone go too, since a session whose time is over leaves the store by itself:
 * but only those that came from this very store. One that lost its sessions, or was made anew, must not empty the archive.
 */
export function createArchiver(options: ArchiverOptions): Archiver {
  const { clock } = options
  const stopped = new AbortController()
  const sessions: Place = { cursor: undefined }
  let cancel = () => {}
  let looking: Promise<void> = Promise.resolve()
  const look = () => sweep(options, sessions, stopped.signal)
  const again = (delay: number) => {
    if (stopped.signal.aborted) return
    cancel = clock.setTimer(clock.now() + delay, () => {
      looking = look().then((hasLooked) => again(hasLooked ? EVERY : LEAD))
    })
  }
  return {
    start: () => again(SOON),
    look,
    async stop() {
      stopped.abort()
      cancel()
      await looking
    },
  }
}

interface Place {
  cursor: string | undefined
}

async function sweep(options: ArchiverOptions, sessions: Place, signal: AbortSignal): Promise<boolean> {
  const { live, log } = options
  try {
    const { paused, incarnation } = await live.transfer.state()
    if (paused !== undefined) return true
    if (!(await lead(options, LEAD))) return false
    await moveEnded(options, incarnation, signal)
    if (!signal.aborted && (await lead(options, LEAD))) {
      await removeGone(options, incarnation, sessions)
      await removeOver(options)
    }
    await lead(options, 0)
  } catch (reason) {
    log.warn({ error: PolisError.from(reason) }, 'archiving failed, trying again later')
  }
  return true
}

function lead({ live, holder }: ArchiverOptions, ms: number): Promise<boolean> {
  return live.coordination.lead('archive', holder, ms)
}

// What cannot be moved stays and is passed over, until the next look. Where nothing can, the archive is away.
async function moveEnded(options: ArchiverOptions, store: string, signal: AbortSignal): Promise<void> {
  const { live, log, clock, after } = options
  const before = clock.now() - after
  let moved = 0
  let cursor: string | undefined
  do {
    if (!(await lead(options, LEAD))) break
    const page = await live.index.ended(before, { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) })
    for (let at = 0; at < page.items.length && !signal.aborted; at += AT_ONCE) {
      const some = page.items.slice(at, at + AT_ONCE)
      const done = (await Promise.all(some.map((ended) => move(options, ended, store)))).filter(Boolean).length
      moved += done
      if (done === 0) return
    }
    cursor = page.cursor
  } while (cursor !== undefined && !signal.aborted)
  if (moved > 0) log.info({ archived: moved }, 'ended runs left the store for the archive')
}

async function move(
  { live, archive, clock, log, metrics }: ArchiverOptions,
  ended: EndedRun,
  store: string,
): Promise<boolean> {
  try {
    const status = await archiveRun(live, archive, ended, { now: clock.now(), store })
    metrics.increment('archive_runs_total', { status })
    return true
  } catch (reason) {
    const error = PolisError.from(reason)
    metrics.increment('archive_runs_total', { status: 'failed' })
    log.warn({ error, run: ended.record.run }, 'a run was not archived and stays in the store, trying again later')
    return false
  }
}

// A page of them at each look: all of them in turn.
async function removeGone({ live, archive, log }: ArchiverOptions, store: string, place: Place): Promise<void> {
  const page = await archive.sessions(store, {
    limit: PAGE,
    ...(place.cursor === undefined ? {} : { cursor: place.cursor }),
  })
  place.cursor = page.cursor
  for (const session of page.items) {
    const now = await live.index.session(session.tenant, session.session)
    if (now?.createdAt === session.createdAt) continue
    let removed = 0
    for (let some = PAGE; some === PAGE; removed += some) some = await archive.removeSession(session, PAGE)
    log.info({ session: session.session, removed }, 'archived runs of a session that is gone were removed')
  }
}

async function removeOver({ archive, clock, log, keep }: ArchiverOptions): Promise<void> {
  if (keep === undefined) return
  const removed = await archive.expire(clock.now() - keep, PAGE)
  if (removed > 0) log.info({ removed }, 'runs over their time were removed from the archive')
}
