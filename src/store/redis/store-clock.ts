import type { Clock } from '../../core/clock.ts'
import { repeat } from './link/pause.ts'
import type { Link } from './link.ts'

/** A clock that follows Redis' time, so that machines whose own clocks differ agree. */
export interface StoreClock extends Clock {
  /** By how much Redis' time was ahead of the given clock when it was last measured (ms). */
  ahead(): number
  close(): void
}

const MEASURE_EVERY = 10_000
const SAMPLES = 3
// Time that is ahead of Redis' goes at this part of its speed until it no longer is.
const SLOW = 0.5

/**
 * Measures Redis' time, and follows it from then on.
 *
 * 1. It never goes back: where it is ahead, it goes at half speed until Redis has caught up.
 * 2. Half of the round trip is taken for the way back, and a difference below that is no news.
 * 3. While Redis does not answer, it goes on as the given clock does, which should be one that never jumps (`monotonicClock`).
 *
 * @throws PolisError STORE_UNAVAILABLE when Redis does not answer the first time.
 */
export async function createStoreClock(link: Pick<Link, 'time'>, clock: Clock): Promise<StoreClock> {
  const first = await measure(link, clock)
  let aim = first.ahead
  let ahead = aim
  let seenAt = clock.now()
  const now = () => {
    const local = clock.now()
    ahead = Math.max(aim, ahead - (local - seenAt) * (1 - SLOW))
    seenAt = local
    return Math.floor(local + ahead)
  }
  const follow = async () => {
    try {
      const { ahead: measured, doubt } = await measure(link, clock)
      if (Math.abs(measured - aim) <= doubt) return
      now()
      aim = measured
    } catch {
      // Not connected: that is said elsewhere, and the next measurement comes.
    }
  }
  return {
    now,
    setTimer: (at, fire) => setTimer(clock, now, at, fire),
    ahead: () => aim,
    close: repeat(clock, () => MEASURE_EVERY, follow),
  }
}

/** Of a few measurements the one with the shortest round trip; `doubt` is how wrong it may be. */
async function measure(link: Pick<Link, 'time'>, clock: Clock) {
  let best = { ahead: 0, doubt: Number.POSITIVE_INFINITY }
  for (let sample = 0; sample < SAMPLES; sample++) {
    const sent = clock.now()
    const time = await link.time()
    const doubt = (clock.now() - sent) / 2
    if (doubt < best.doubt) best = { ahead: time + doubt - clock.now(), doubt }
  }
  return best
}

function setTimer(clock: Clock, now: () => number, at: number, fire: () => void): () => void {
  let stop = () => {}
  // Looked at again now and then, since Redis' time may have moved ahead.
  const arm = () => {
    stop = clock.setTimer(clock.now() + Math.min(Math.max(at - now(), 0), MEASURE_EVERY), check)
  }
  const check = () => (now() >= at ? fire() : arm())
  arm()
  return () => stop()
}
