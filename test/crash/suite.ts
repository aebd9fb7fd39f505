import { type CasePlan, type CaseResult, runCase } from './case.ts'
import { check, type Findings } from './check.ts'
import type { Repeats } from './check-effects.ts'
import type { Spending } from './check-money.ts'
import { type Expected, outcomesOf } from './expected.ts'
import { type Point, pointsOf, type Selection } from './matrix.ts'
import { sqliteVenue, type Venue } from './venue.ts'
import { createPool, type WorkerPool } from './worker-process.ts'

/** What a point came to. */
export interface Verdict extends Findings {
  readonly point: Point
  readonly kills: number
  readonly fenced: number
  /** Longer than this a dead worker's runs must not wait (ms). */
  readonly takeoverLimit: number
  readonly broken: readonly string[]
  readonly takeovers: readonly number[]
  readonly milliseconds: number
}

/** What all points came to. */
export interface Summary {
  readonly points: number
  readonly kills: number
  /** Points whose boundary was not passed in their case, so that nothing was killed. */
  readonly unreached: number
  readonly lost: number
  readonly repeated: number
  readonly gaps: number
  /** Commits that were refused since their run was another worker's. */
  readonly fenced: number
  /** Results, paths, sessions and questions that differ from the crash-free run, and processes that ended by themselves. */
  readonly wrong: number
  readonly unrecorded: Repeats
  /** Faults of the ledger and of budgets. */
  readonly money: number
  readonly spending: Spending
  /** The longest that a dead worker's runs were without one while another lived (ms). */
  readonly slowestTakeover: number
  readonly failed: boolean
}

/** Runs the points of a selection, `jobs` at a time, and tells of each as it is done. */
export async function runSuite(
  selection: Selection & { readonly jobs: number; readonly venue: Venue },
  tell: (verdict: Verdict, done: number, of: number) => void,
): Promise<Summary> {
  const { venue, jobs } = selection
  await using pool = createPool(jobs)
  const { reference, expected } = await runCalmly(selection.seed, pool, venue)
  const points = pointsOf(selection, reference)
  const verdicts: Verdict[] = []
  const queue = points.values()
  const work = async () => {
    for (const point of queue) {
      const verdict = judge(point, await runCase(point.plan, pool, venue), expected, venue)
      verdicts.push(verdict)
      tell(verdict, verdicts.length, points.length)
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  return summarize(verdicts)
}

const known = new Map<number, Promise<Expected>>()

/** What the workload comes to without a crash; the same in every store. */
export function expectedOutcomes(seed: number): Promise<Expected> {
  const expected = known.get(seed) ?? findExpected(seed)
  known.set(seed, expected)
  return expected
}

async function findExpected(seed: number): Promise<Expected> {
  await using pool = createPool(1)
  return (await runCalmly(seed, pool, sqliteVenue())).expected
}

async function runCalmly(seed: number, pool: WorkerPool, venue: Venue) {
  const plan: CasePlan = { seed, workers: 1, durability: 'process', kills: [] }
  const reference = await runCase(plan, pool, venue)
  const expected = outcomesOf(reference.store)
  const verdict = judge({ index: -1, plan }, reference, expected, venue)
  if (!failedAt(verdict)) return { reference, expected }
  throw new Error(`the workload fails without any crash: ${describe(verdict).join('; ')}`)
}

function judge(point: Point, result: CaseResult, expected: Expected, { heartbeat }: Venue): Verdict {
  const { client, effects, calls, store, kills, fenced, broken, takeovers, milliseconds } = result
  const findings = check({
    asked: client.asked,
    seen: client.seen,
    looks: client.looks,
    effects,
    calls,
    store,
    expected,
  })
  // How long a dead worker's runs may wait while another lives (G6).
  const takeoverLimit = 2 * heartbeat
  return { ...findings, point, kills: kills.length, fenced, takeoverLimit, broken, takeovers, milliseconds }
}

/** Whether a point is to be looked at by a person. */
export function failedAt(verdict: Verdict): boolean {
  const { lost, repeated, gaps, wrong, money, broken, takeovers, takeoverLimit, unrecorded } = verdict
  const isLate = takeovers.some((waited) => waited > takeoverLimit)
  return [lost, repeated, gaps, wrong, money, broken].some((list) => list.length > 0) || unrecorded.once > 0 || isLate
}

/** What was found at a point, a line each. */
export function describe(verdict: Verdict): readonly string[] {
  const { lost, repeated, gaps, wrong, money, broken, takeovers, takeoverLimit, unrecorded } = verdict
  const late = takeovers.filter((waited) => waited > takeoverLimit)
  return [
    ...lost.map((what) => `lost: ${what}`),
    ...repeated.map((what) => `repeated: ${what}`),
    ...gaps.map((what) => `gap: ${what}`),
    ...wrong.map((what) => `wrong: ${what}`),
    ...money.map((what) => `money: ${what}`),
    ...broken.map((what) => `broken: ${what}`),
    ...late.map((waited) => `late: a dead worker's runs waited ${Math.round(waited)} ms`),
    ...(unrecorded.once > 0 ? [`once: ${unrecorded.once} effects happened again`] : []),
  ]
}

function summarize(verdicts: readonly Verdict[]): Summary {
  const sum = (count: (verdict: Verdict) => number) => verdicts.reduce((total, verdict) => total + count(verdict), 0)
  return {
    points: verdicts.length,
    kills: sum(({ kills }) => kills),
    unreached: sum(({ kills }) => (kills === 0 ? 1 : 0)),
    lost: sum(({ lost }) => lost.length),
    repeated: sum(({ repeated }) => repeated.length),
    gaps: sum(({ gaps }) => gaps.length),
    fenced: sum(({ fenced }) => fenced),
    wrong: sum(({ wrong, broken }) => wrong.length + broken.length),
    unrecorded: {
      read: sum(({ unrecorded }) => unrecorded.read),
      idempotent: sum(({ unrecorded }) => unrecorded.idempotent),
      once: sum(({ unrecorded }) => unrecorded.once),
      told: sum(({ unrecorded }) => unrecorded.told),
      overtaken: sum(({ unrecorded }) => unrecorded.overtaken),
    },
    money: sum(({ money }) => money.length),
    spending: {
      calls: sum(({ spending }) => spending.calls),
      charged: sum(({ spending }) => spending.charged),
      booked: sum(({ spending }) => spending.booked),
      assumed: sum(({ spending }) => spending.assumed),
    },
    slowestTakeover: Math.max(0, ...verdicts.flatMap(({ takeovers }) => takeovers)),
    failed: verdicts.some(failedAt),
  }
}
