/**
 * One worker process of the suite: a worker and a service over the store's file, as `polis serve` has them, that dies as planned.
 *
 * It is loaded ahead of time, waits for its assignment, and ends when it is asked to (SIGTERM) or when its supervisor is gone.
 */
import { openSync, writeSync } from 'node:fs'
import { agentInfo, createPrograms } from '../../src/agent/program.ts'
import { systemClock } from '../../src/core/clock.ts'
import { PolisError } from '../../src/core/error.ts'
import { createIds } from '../../src/core/id.ts'
import { systemRandom } from '../../src/core/random.ts'
import { noToolServers } from '../../src/core/tool.ts'
import { createTransients } from '../../src/core/transient.ts'
import { createService } from '../../src/engine/service/create.ts'
import type { Caller, Service } from '../../src/engine/service/service.ts'
import { createWorker } from '../../src/engine/worker/worker.ts'
import type { Store } from '../../src/store/store.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { silentMetrics } from '../../src/telemetry/metrics.ts'
import { crashAgents } from './agents.ts'
import { openCallLog } from './call-log.ts'
import { openEffectLog } from './effect-log.ts'
import { createKiller } from './killer.ts'
import { createModels } from './models.ts'
import { type OpenOptions, openPlace, type Place } from './place.ts'
import type { Assignment, Call, Command, Report } from './protocol.ts'
import { createWorld } from './world.ts'
import { storeClock, storeMetrics, wrapStore } from './wrap-store.ts'

const DRAIN = 10_000

let tell = (report: Report): void => void process.send?.(report)
const stopped = new AbortController()
let service: Promise<Service> | undefined
let stop = async (): Promise<void> => process.exit(0)

process.on('disconnect', () => process.exit(0))
process.once('SIGTERM', async () => {
  // Asked while it starts, it stops once it has started.
  await service
  await stop()
})
process.on('message', (command: Command) => {
  obey(command).catch((reason: unknown) => tell({ kind: 'broken', message: PolisError.from(reason).message }))
})
tell({ kind: 'loaded' })

async function obey(command: Command): Promise<void> {
  if (command.kind === 'start') {
    service = start(command.assignment)
    await service
    return
  }
  const running = await service
  if (running === undefined) throw new Error('a command came before the assignment')
  const { tenant } = command
  const caller = { tenant, by: 'client' }
  if (command.kind === 'follow') return follow(running, caller, command.run, command.after)
  const { id } = command
  try {
    tell({ kind: 'called', tenant, id, ...(await call(running, caller, command.call)) })
  } catch (reason) {
    tell({ kind: 'called', tenant, id, refusal: PolisError.from(reason).code })
  }
}

async function start({ place, effects, heartbeat, plan, witness }: Assignment): Promise<Service> {
  if (witness !== undefined) tell = withWitness(witness)
  const killer = await createKiller(plan)
  const clock = systemClock()
  const random = systemRandom()
  const ids = createIds(clock, random)
  const how = { heartbeat, clock: storeClock(clock, killer), metrics: storeMetrics(killer) }
  const store = wrapStore(await openPatiently(place, how), killer, () => tell({ kind: 'fenced' }))
  const world = createWorld(openEffectLog(effects), effects, killer)
  const agents = new Map(crashAgents(world).map((it) => [it.name, { definition: it, release: 'r1', file: '' }]))
  const programs = createPrograms(agents, {
    tools: noToolServers,
    models: createModels(openCallLog(effects), killer),
    clock,
    random,
    toolTimeout: 5000,
    drain: DRAIN,
  })
  const settings = { maxConcurrent: 50, drainTimeout: DRAIN, suspendAfter: 60, maxJournalBytes: 1e8, heartbeat }
  const shared = { store, clock, ids, log: silentLog, metrics: silentMetrics }
  const worker = createWorker({
    ...{ ...shared, id: ids.worker(), programs, settings, random, transients: createTransients() },
  })
  stop = async () => {
    killer.reach('drain-begun')
    await worker.stop({ timeout: 2000 })
    killer.reach('drain-done')
    stopped.abort()
    await store.close()
    tell({ kind: 'counts', counts: killer.counts })
    process.disconnect?.()
  }
  await worker.start()
  tell({ kind: 'started', worker: worker.id })
  return createService({ ...shared, agents: () => [...agents.values()].map(agentInfo), worker })
}

// Whoever starts a server starts it again when it did not find its store.
async function openPatiently(place: Place, how: OpenOptions): Promise<Store> {
  for (;;) {
    try {
      return await openPlace(place, how)
    } catch (reason) {
      if (!PolisError.from(reason).code.startsWith('STORE_')) throw reason
    }
  }
}

async function call(running: Service, caller: Caller, what: Call): Promise<{ readonly run?: string }> {
  switch (what.kind) {
    case 'submit': {
      const { agent, n, key, session } = what
      const request = { agent, input: { n }, key, ...(session === undefined ? {} : { session }) }
      return { run: (await running.submit(caller, request)).run.run }
    }
    case 'answer':
      await running.answer(caller, what.run, what.question, what.answer)
      return {}
    case 'send':
      await running.send(caller, what.run, { name: 'word', data: what.data, id: what.id })
      return {}
  }
}

async function follow(running: Service, caller: Caller, run: string, after: number): Promise<void> {
  const { tenant } = caller
  try {
    for await (const entry of running.follow(caller, run, after, stopped.signal)) tell({ kind: 'entry', entry })
  } catch (reason) {
    if (stopped.signal.aborted) return
    if (PolisError.from(reason).code.startsWith('STORE_')) return tell({ kind: 'unfollowed', tenant, run })
    throw reason
  }
  if (!stopped.signal.aborted) tell({ kind: 'ended', tenant, run })
}

function withWitness(path: string): typeof tell {
  const file = openSync(path, 'a')
  return (report) => {
    writeSync(file, `${JSON.stringify(report)}\n`)
    process.send?.(report)
  }
}
