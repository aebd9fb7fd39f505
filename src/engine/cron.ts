import { Cron } from 'croner'
import { PolisError } from '../core/error.ts'
import type { MissedTicks } from '../core/schedule.ts'

/**
 * The first tick after a time (ms since the epoch), in the schedule's time zone; undefined when there is none any more.
 *
 * Daylight saving as croner does it: a tick in the gap runs right after it, one in the fold runs once.
 */
export function nextTick(cron: string, timeZone: string, after: number): number | undefined {
  return parse(cron, timeZone).nextRun(new Date(after))?.getTime()
}

/** What a schedule does now: the ticks to run, and the tick after them. */
export interface Due {
  readonly ticks: readonly number[]
  readonly missed: number
  readonly nextAt: number | undefined
}

/** Ticks older than this when they are noticed were missed (ms). */
const LATE = 60_000

/** So many missed ticks run at most; older ones are skipped. */
const MOST_MISSED = 1000

/** Decides which of the ticks from `from` to `now` run. Pure. */
export function dueTicks(
  schedule: { readonly cron: string; readonly timeZone: string; readonly missed: MissedTicks },
  from: number,
  now: number,
): Due {
  let ticks: number[] = []
  let at: number | undefined = from
  while (at !== undefined && at <= now && ticks.length < MOST_MISSED) {
    ticks.push(at)
    at = nextTick(schedule.cron, schedule.timeZone, at)
  }
  if (at !== undefined && at <= now) {
    ticks = lastTicks(schedule.cron, schedule.timeZone, now)
    at = nextTick(schedule.cron, schedule.timeZone, now)
  }
  const late = ticks.filter((tick) => now - tick > LATE)
  const timely = ticks.filter((tick) => now - tick <= LATE)
  const made = schedule.missed === 'all' ? late : schedule.missed === 'once' ? late.slice(-1) : []
  const run = timely.length > 0 && schedule.missed === 'once' ? timely.slice(-1) : [...made, ...timely]
  return { ticks: run, missed: ticks.length - run.length, nextAt: at }
}

function lastTicks(cron: string, timeZone: string, now: number): number[] {
  // What comes before a time does not include it: a second later, and then only what has been.
  const last = parse(cron, timeZone).previousRuns(MOST_MISSED + 1, new Date(now + 1000))
  const ticks = last.map((date) => date.getTime()).filter((tick) => tick <= now)
  return ticks.sort((a, b) => a - b).slice(-MOST_MISSED)
}

function parse(cron: string, timeZone: string): Cron {
  try {
    // croner finds a zone that is none only once a tick is asked for; this throws for it here.
    Intl.DateTimeFormat('en', { timeZone })
    return new Cron(cron, { timezone: timeZone, paused: true })
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new PolisError(
      'INVALID_ARGUMENT',
      `Schedule ${JSON.stringify(cron)} in time zone ${JSON.stringify(timeZone)}: ${message}`,
      { cause },
    )
  }
}
