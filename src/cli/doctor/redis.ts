import { hostname } from 'node:os'
import type { Project } from '../../agent/project.ts'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import { showHostPort } from '../../core/host-port.ts'
import { openProjectRedis, type ProjectRedis } from '../../server/project-redis.ts'
import { type Log, silentLog } from '../../telemetry/log.ts'
import { silentMetrics } from '../../telemetry/metrics-port.ts'
import { ADVICE } from '../advice.ts'
import type { Check } from './check.ts'
import { checkPause } from './pause.ts'

/** Clocks that differ by less (ms) do not confuse anyone who reads logs. */
const NOTICEABLE = 1000

/** Checks Redis: that it answers, can keep what is asked, lets us do what we do, and agrees on the time. */
export async function* checkRedis({ dir, settings }: Project, clock: Clock): AsyncGenerator<Check> {
  const warnings: string[] = []
  try {
    const { store, link } = await openProjectRedis(dir, settings, { log: collect(warnings), metrics: silentMetrics })
    await using _ = store
    const took = await measure(() => store.ping())
    const kept = `durability ${store.durability}, answers in ${took.toFixed(1)} ms`
    for (const server of link.servers()) yield ok('store', `${describe(server)}, ${kept}`)
    yield* warnings.map(warn)
    yield* await checkPause(store)
    yield await checkRights(store, clock)
    yield await checkTime(link, clock)
  } catch (reason) {
    yield* failures(reason)
  }
}

// The link warns of what is risky about a server as soon as it has seen it.
function collect(warnings: string[]): Log {
  const log: Log = { ...silentLog, warn: (_fields, message) => void warnings.push(message), child: () => log }
  return log
}

async function measure(act: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await act()
  return performance.now() - started
}

function describe({ address, facts }: ReturnType<ProjectRedis['link']['servers']>[number]): string {
  const kind = facts.isValkey ? 'Valkey, as Redis' : 'Redis'
  const replicas = facts.replicas === 0 ? '' : ` with ${facts.replicas} replica${facts.replicas === 1 ? '' : 's'}`
  return `${kind} ${facts.version} at ${showHostPort(address)}${replicas}`
}

function warn(message: string): Check {
  const advice = 'The guide says under Operating what each setting of Redis is for'
  return { area: 'store', name: 'redis', status: 'warn', detail: message, advice }
}

// What an access list forbids shows when it is done: here a worker that holds no release, and so gets no run.
async function checkRights({ coordination, index }: ProjectRedis['store'], clock: Clock): Promise<Check> {
  const worker = `doctor_${hostname()}_${process.pid}`
  const startedAt = clock.now()
  try {
    await coordination.register({ worker, host: hostname(), pid: process.pid, startedAt, draining: true, releases: {} })
    await coordination.unregister(worker)
    await index.counts()
    return ok('rights', 'reading and writing are allowed')
  } catch (reason) {
    const { message } = PolisError.from(reason)
    if (!/can't run this command|can't access/.test(message)) throw reason
    const advice = "The guide says under Operating which rights Redis' user needs"
    return { area: 'store', name: 'rights', status: 'fail', detail: message, advice }
  }
}

async function checkTime(link: ProjectRedis['link'], clock: Clock): Promise<Check> {
  const before = clock.now()
  const time = await link.time()
  const offset = Math.round(time - (before + clock.now()) / 2)
  const detail = `this machine is ${Math.abs(offset)} ms ${offset > 0 ? 'behind' : 'ahead of'} Redis`
  if (Math.abs(offset) < NOTICEABLE) return ok('clock', detail)
  const advice = 'Runs go by the clock of Redis, so that nothing breaks; set the clock, so that logs can be compared'
  return { area: 'store', name: 'clock', status: 'warn', detail, advice }
}

function* failures(reason: unknown): Generator<Check> {
  const { message, code, details } = PolisError.from(reason)
  const faults = Array.isArray(details.faults) ? details.faults.map(String) : [message]
  for (const detail of faults) yield { area: 'store', name: 'redis', status: 'fail', detail, advice: ADVICE[code] }
}

function ok(name: string, detail: string): Check {
  return { area: 'store', name, status: 'ok', detail }
}
