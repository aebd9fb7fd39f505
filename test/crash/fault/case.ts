/**
 * One case of a fault: servers, workers and the clients of several tenants, and blows while they work.
 *
 * Role: starts everything, strikes as planned, and gathers what is left. Boundary: judges nothing; that is the checker's.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '../../../src/core/clock.ts'
import { type CallLine, readCalls } from '../call-log.ts'
import { type Client, createClient } from '../client.ts'
import { type Collected, collectTenant } from '../collect.ts'
import { type EffectLine, readEffects } from '../effect-log.ts'
import type { Placed } from '../overtaken.ts'
import { openPlace } from '../place.ts'
import type { Report } from '../protocol.ts'
import { startWorkerProcess } from '../worker-process.ts'
import { type FaultPlan, HEARTBEAT } from './plan.ts'
import { type Stage, setStage } from './stage.ts'
import { type Player, strike } from './strike.ts'

/** What a case left behind. */
export interface FaultResult {
  readonly strikes: number
  readonly fenced: number
  /** Submits that were refused since the store was full, and asked again. */
  readonly refused: number
  /** What went wrong beside what the checker finds: a worker that ended by itself, a run that does not end. */
  readonly broken: readonly string[]
  readonly milliseconds: number
  readonly tenants: readonly { readonly client: Client; readonly store: Collected }[]
  readonly effects: readonly Placed<EffectLine>[]
  readonly calls: readonly Placed<CallLine>[]
}

const LIMIT = 60_000
const LOOK_AGAIN = 20

interface State {
  readonly plan: FaultPlan
  readonly stage: Stage
  readonly effects: string
  readonly cache: string
  readonly players: Set<Player>
  readonly clients: Client[]
  readonly broken: string[]
  fenced: number
  finishing: boolean
}

/** Runs a case to its end; its processes and files are gone afterwards. */
export async function runFaultCase(plan: FaultPlan, cache: string): Promise<FaultResult> {
  const folder = mkdtempSync(join(tmpdir(), 'polis-fault-'))
  try {
    await using stack = new AsyncDisposableStack()
    const stage = await setStage(plan, stack)
    const effects = join(folder, 'effects.jsonl')
    const state: State = {
      ...{ plan, stage, effects, cache, players: new Set(), clients: [], broken: [] },
      ...{ fenced: 0, finishing: false },
    }
    const begun = performance.now()
    const strikes = await play(state)
    const milliseconds = performance.now() - begun
    const tenants = await collect(state)
    const { fenced, broken } = state
    const refused = state.clients.reduce((sum, { refusals }) => sum + (refusals.get('STORE_FULL') ?? 0), 0)
    const logs = { effects: readEffects(effects), calls: readCalls(effects) }
    return { strikes, fenced, refused, broken, milliseconds, tenants, ...logs }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Resolves with how often it was struck. */
async function play(state: State): Promise<number> {
  const { plan, players } = state
  await Promise.all(Array.from({ length: plan.workers }, (_, number) => startPlayer(state, number)))
  const limit = new AbortController()
  const late = delay(LIMIT, 'late' as const, { signal: limit.signal }).catch(() => 'stopped' as const)
  const blows = strikeAll(state)
  const all = Promise.all([blows, submitAll(state)]).then(() => 'done' as const)
  const outcome = await Promise.race([all, late])
  limit.abort()
  state.finishing = true
  if (outcome === 'late') {
    const open = state.clients.map((client) => client.open()).filter((text) => text !== '')
    state.broken.push(`not over after ${LIMIT} ms: ${open.join('; ') || 'the blow'}`)
  }
  await endPlayers([...players], outcome === 'late' ? 'SIGKILL' : 'SIGTERM', state)
  return outcome === 'late' ? 0 : await blows
}

async function endPlayers(players: readonly Player[], signal: 'SIGKILL' | 'SIGTERM', { broken }: State): Promise<void> {
  const stubborn = setTimeout(() => {
    for (const { process } of players) {
      broken.push(`worker ${process.pid} did not end within 10 s of SIGTERM`)
      process.kill('SIGKILL')
    }
  }, 10_000)
  for (const { process } of players) process.kill(signal)
  await Promise.all(players.map(({ process }) => process.ended))
  clearTimeout(stubborn)
}

// Waits for each client in turn; one after the other they begin.
async function submitAll(state: State): Promise<void> {
  const { plan, clients, players, effects } = state
  for (let tenant = 0; tenant < plan.tenants; tenant++) {
    const client = createClient(plan.seed + tenant, effects, `tenant-${tenant}`)
    clients.push(client)
    for (const { process } of players) client.join(process)
    await delay(plan.stagger)
  }
  await Promise.all(clients.map(({ done }) => done))
}

async function strikeAll(state: State): Promise<number> {
  const { plan, stage, players, clients } = state
  const scene = {
    stage,
    players: () => [...players],
    refused: () => until(() => clients.some(({ refusals }) => refusals.has('STORE_FULL')) || state.finishing),
    calm: () => until(() => clients.every((client) => client.isCalm()) || state.finishing),
  }
  let count = 0
  for (const blow of plan.strikes) {
    await delay(blow.after)
    // Whoever takes the place of one that died may still be starting.
    await until(() => players.size > 0 || state.finishing)
    if (state.finishing) break
    await strike(plan.fault, blow, scene)
    count++
  }
  return count
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(LOOK_AGAIN)
}

async function startPlayer(state: State, number: number): Promise<void> {
  const { plan, stage, effects, cache, players, clients } = state
  const process = await startWorkerProcess({ wrapper: stage.wrapperOf(number), cache })
  const player: Player = { number, process }
  players.add(player)
  const started = Promise.withResolvers<void>()
  process.listen((report: Report) => {
    if (report.kind === 'started') started.resolve()
    if (report.kind === 'fenced') state.fenced++
    if (report.kind === 'broken') state.broken.push(report.message)
    const tenant = tenantOf(report)
    if (tenant !== undefined) clients[Number(tenant.slice('tenant-'.length))]?.hear(process, report)
  })
  const assignment = { place: stage.placeOf(number), effects, heartbeat: HEARTBEAT }
  process.tell({ kind: 'start', assignment })
  for (const client of clients) client.join(process)
  void process.ended.then(({ signal, code, stderr }) => {
    started.resolve()
    players.delete(player)
    for (const client of clients) client.part(process)
    if (plan.fault !== 'worker-killed' && !state.finishing) {
      state.broken.push(`a worker ended with ${signal ?? code}: ${stderr}`)
    }
    if (!state.finishing) return startPlayer(state, number)
  })
  await started.promise
}

function tenantOf(report: Report): string | undefined {
  if (report.kind === 'entry') return report.entry.tenant
  return 'tenant' in report ? report.tenant : undefined
}

async function collect({ stage, clients }: State): Promise<FaultResult['tenants']> {
  await using store = await openPlace(stage.placeOf(undefined), { clock: systemClock(), heartbeat: HEARTBEAT })
  const tenants = []
  for (const [number, client] of clients.entries()) {
    tenants.push({ client, store: await collectTenant(store, `tenant-${number}`) })
  }
  return tenants
}
