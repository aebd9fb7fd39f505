/**
 * One case: a store, a client, and workers that die as planned until one is left to finish.
 *
 * Role: starts worker processes and replaces those that died. Boundary: judges nothing; what it gathers is for the checker.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { LocalDurability } from '../../src/store/store.ts'
import { type Boundary, isDrain, type KillPlan } from './boundary.ts'
import { readCalls } from './call-log.ts'
import { type Client, createClient } from './client.ts'
import { type Collected, collectStore, watchTakeover } from './collect.ts'
import { readEffects } from './effect-log.ts'
import type { Place } from './place.ts'
import type { Report } from './protocol.ts'
import type { Venue } from './venue.ts'
import type { WorkerPool, WorkerProcess } from './worker-process.ts'

/** What a case does. `after` is when a drain is asked for or a random kill falls, in milliseconds after the start. */
export interface CasePlan {
  readonly seed: number
  readonly workers: 1 | 2
  readonly durability: LocalDurability
  readonly kills: readonly (KillPlan & { readonly after: number })[]
}

/** What a case left behind. */
export interface CaseResult {
  /** Processes that were killed, and at which boundary. */
  readonly kills: readonly Boundary[]
  /** How long each run of a dead worker's was without one while another lived (ms). */
  readonly takeovers: readonly number[]
  /** What went wrong beside what the checker finds: a worker that ended by itself, a run that does not end. */
  readonly broken: readonly string[]
  readonly counts: Readonly<Partial<Record<Boundary, number>>>
  /** Commits that were refused since their run was another worker's. */
  readonly fenced: number
  readonly milliseconds: number
  readonly client: Client
  readonly effects: ReturnType<typeof readEffects>
  readonly calls: ReturnType<typeof readCalls>
  readonly store: Collected
}

const LIMIT = 40_000

interface State {
  readonly plan: CasePlan
  readonly pool: WorkerPool
  readonly client: Client
  readonly place: Place
  readonly heartbeat: number
  readonly effects: string
  readonly live: Set<WorkerProcess>
  readonly kills: Boundary[]
  readonly takeovers: Promise<number>[]
  readonly broken: string[]
  counts: CaseResult['counts']
  fenced: number
  started: number
  finishing: boolean
}

/** Runs a case to its end, within 40 s; its processes and files are gone afterwards. */
export async function runCase(plan: CasePlan, pool: WorkerPool, venue: Venue): Promise<CaseResult> {
  const folder = mkdtempSync(join(tmpdir(), 'polis-crash-'))
  try {
    const { heartbeat } = venue
    const effects = join(folder, 'effects.jsonl')
    const place = venue.placeIn(folder, plan.durability)
    const state: State = {
      ...{ plan, pool, place, heartbeat, effects, client: createClient(plan.seed, effects) },
      ...{ live: new Set<WorkerProcess>(), kills: [], takeovers: [], broken: [], counts: {} },
      ...{ fenced: 0, started: 0, finishing: false },
    }
    const begun = performance.now()
    await execute(state)
    const milliseconds = performance.now() - begun
    const { kills, broken, counts, fenced, client } = state
    const takeovers = await Promise.all(state.takeovers)
    const store = await collectStore(place)
    const log = { effects: readEffects(effects), calls: readCalls(effects) }
    return { kills, takeovers, broken, counts, fenced, milliseconds, client, ...log, store }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function execute(state: State): Promise<void> {
  const { client, plan, live } = state
  const limit = new AbortController()
  const late = delay(LIMIT, 'late', { signal: limit.signal }).catch(() => 'done')
  for (let count = 0; count < plan.workers; count++) await startWorker(state)
  const outcome = await Promise.race([client.done.then(() => 'done'), late])
  state.finishing = true
  limit.abort()
  if (outcome === 'late') state.broken.push(`not over after ${LIMIT} ms: ${client.open()}`)
  for (const worker of live) worker.kill(outcome === 'late' ? 'SIGKILL' : 'SIGTERM')
  const stubborn = setTimeout(() => {
    for (const worker of live) {
      state.broken.push(`worker ${worker.pid} did not end within 10 s of SIGTERM`)
      worker.kill('SIGKILL')
    }
  }, 10_000)
  await Promise.all([...live].map((worker) => worker.ended))
  clearTimeout(stubborn)
}

async function startWorker(state: State): Promise<void> {
  const { client, plan, pool, place, heartbeat, effects, live } = state
  const kill = plan.kills[state.started++]
  const worker = await pool.take()
  live.add(worker)
  let id = ''
  worker.listen((report: Report) => {
    if (report.kind === 'started') id = report.worker
    if (report.kind === 'counts') state.counts = report.counts
    if (report.kind === 'fenced') state.fenced++
    if (report.kind === 'broken') state.broken.push(report.message)
    client.hear(worker, report)
  })
  const assignment = { place, effects, heartbeat }
  worker.tell({ kind: 'start', assignment: kill === undefined ? assignment : { ...assignment, plan: kill } })
  client.join(worker)
  const timer = kill === undefined ? undefined : arm(worker, kill)
  void worker.ended.then(async ({ signal, code, stderr }) => {
    clearTimeout(timer)
    live.delete(worker)
    client.part(worker)
    if (signal === 'SIGKILL' && kill !== undefined) state.kills.push(kill.boundary)
    else if (code !== 0) state.broken.push(`a worker ended with ${signal ?? code}: ${stderr}`)
    if (state.finishing) return
    if (live.size === 0) return startWorker(state)
    if (signal === 'SIGKILL') state.takeovers.push(watchTakeover(place, id))
  })
}

function arm(worker: WorkerProcess, { boundary, after }: CasePlan['kills'][number]): NodeJS.Timeout | undefined {
  if (boundary === 'random') return setTimeout(() => worker.kill('SIGKILL'), after)
  return isDrain(boundary) ? setTimeout(() => worker.kill('SIGTERM'), after) : undefined
}
