/**
 * One process of a test: a worker and a service over the world's data, until it is killed.
 *
 * Invariants:
 * 1. Once dead, it commits nothing, starts no function and has no timer; functions under way come to their end, as a request does
 *    that was already sent.
 * 2. `busy` counts functions under way, those that hang not included: time stands still until it is 0.
 */
import type { Clock } from '../../core/clock.ts'
import { createIds } from '../../core/id.ts'
import type { Random } from '../../core/random.ts'
import { createTransients } from '../../core/transient.ts'
import type { Program } from '../../engine/program.ts'
import { createService } from '../../engine/service/create.ts'
import type { Service } from '../../engine/service/service.ts'
import { createWorker } from '../../engine/worker/worker.ts'
import { openMemoryStore } from '../../store/memory/open.ts'
import type { Store } from '../../store/store.ts'
import { silentLog } from '../../telemetry/log.ts'
import { silentMetrics } from '../../telemetry/metrics-port.ts'
import { createPrograms } from '../program.ts'
import { createFakeTools } from './fake-tools.ts'
import { type Moment, summarise } from './moment.ts'
import { watchScope } from './watch-scope.ts'
import type { World } from './world.ts'

/** See the head of this file. */
export interface Life {
  readonly store: Store
  readonly service: Service
  dead: boolean
  busy: number
  /** Rises whenever something happens. */
  activity: number
  /** Resolves at the next activity. */
  next(): Promise<void>
  kill(): void
}

interface Living extends Life {
  touch(): void
  crash(): void
}

// Steps may take as long as they say: no worker of a test is asked to drain.
const FOREVER = 100 * 365 * 86_400_000

/** Begins a process: what an earlier one held is queued again, and work begins. */
export async function beginLife(world: World): Promise<Life> {
  const timers = new Set<() => void>()
  const clock = mortalClock(world.clock, timers)
  const memory = openMemoryStore({ clock, state: world.state })
  const life = createLife(memory, () => {
    for (const cancel of timers) cancel()
    memory.crash()
  })
  const store = watchStore(world, life, memory)
  const random = world.randomAt(`life ${world.crashes}`)
  const ids = createIds(clock, random)
  const shared = { store, clock, random, ids, log: silentLog, metrics: silentMetrics }
  await memory.coordination.reap()
  const worker = createWorker({
    ...{ id: ids.worker(), programs: programsOf(world, life, clock), transients: createTransients() },
    settings: {
      maxConcurrent: 1000,
      drainTimeout: FOREVER,
      // Whatever waits leaves memory and is replayed: each wait tests that the code takes the same path again.
      suspendAfter: 0,
      maxJournalBytes: Number.POSITIVE_INFINITY,
      heartbeat: FOREVER,
    },
    ...shared,
  })
  await worker.start()
  return Object.assign(life, { store, service: createService({ ...shared, agents: () => world.catalogue }) })
}

function createLife(store: Store, end: () => void): Living {
  let wake = () => {}
  const life: Omit<Living, 'service'> = {
    store,
    dead: false,
    busy: 0,
    activity: 0,
    next: () => new Promise((resolve) => (wake = resolve)),
    touch() {
      life.activity += 1
      wake()
    },
    kill() {
      if (life.dead) return
      life.dead = true
      end()
    },
    crash() {
      life.kill()
      life.touch()
    },
  }
  // The service is added once the worker has started.
  return life as Living
}

function mortalClock(clock: Clock, timers: Set<() => void>): Clock {
  return {
    now: clock.now,
    setTimer(at, fire) {
      const cancelTimer = clock.setTimer(at, () => {
        timers.delete(cancel)
        fire()
      })
      const cancel = () => {
        timers.delete(cancel)
        cancelTimer()
      }
      timers.add(cancel)
      return cancel
    },
  }
}

function watchStore(world: World, life: Living, store: Store): Store {
  return {
    ...store,
    journal: {
      ...store.journal,
      async submit(submit) {
        world.paths.root(submit)
        return store.journal.submit(submit)
      },
      async append(commit) {
        life.touch()
        const summary = summarise(commit, world.paths)
        if (dies(world, life, { kind: 'commit', when: 'before', commit: summary })) return never()
        const outcome = await store.journal.append(commit)
        if (outcome.kind !== 'committed') return outcome
        world.paths.commit(commit)
        if (dies(world, life, { kind: 'commit', when: 'after', commit: summary })) return never()
        return outcome
      },
    },
    // Done once, before the worker starts: nobody else dies here, and a timer for it would hold up time.
    coordination: { ...store.coordination, reap: never },
  }
}

function programsOf(world: World, life: Living, clock: Clock): ReadonlyMap<string, Program> {
  const tools = createFakeTools(world.fakes, () => {
    life.busy -= 1
    life.touch()
    return () => {
      life.busy += 1
    }
  })
  // Values are made one at a time, each from the generator of its place.
  let current: Random = world.randomAt('')
  const random: Random = { next: () => current.next(), bytes: (count) => current.bytes(count) }
  const programs = createPrograms(world.agents, {
    tools,
    models: world.models,
    clock,
    random,
    toolTimeout: 120_000,
    drain: FOREVER,
  })
  return new Map(
    [...programs].map(([name, program]) => [
      name,
      {
        ...program,
        run(scope, input) {
          const { run } = scope.record
          const watch = {
            touch: life.touch,
            call: (key: string, fn: () => unknown) =>
              call(world, life, world.paths.id(run, key.slice(run.length + 1)), fn),
            value<T>(place: string, make: () => T): T {
              current = world.randomAt(world.paths.id(run, place))
              return make()
            },
          }
          return program.run(watchScope(scope, watch), input)
        },
      },
    ]),
  )
}

async function call(world: World, life: Living, id: string, fn: () => unknown): Promise<unknown> {
  if (life.dead || dies(world, life, { kind: 'call', step: id })) return never()
  const calls = world.calls.get(id) ?? { count: 0, last: { kind: 'called' } }
  world.calls.set(id, calls)
  calls.count += 1
  calls.last = { kind: 'called' }
  life.busy += 1
  try {
    const output = await fn()
    calls.last = { kind: 'returned', output }
    return output
  } catch (reason) {
    calls.last = { kind: 'threw' }
    throw reason
  } finally {
    life.busy -= 1
    life.touch()
  }
}

function dies(world: World, life: Living, moment: Moment): boolean {
  if (life.dead) return true
  if (!world.dies(moment)) return false
  world.crashes += 1
  life.crash()
  return true
}

function never(): Promise<never> {
  return new Promise(() => {})
}
