/** A process of a simulation: a worker or a client's server, on a store that is far away, until it is killed. */
import type { Clock } from '../../src/core/clock.ts'
import { createIds, type Ids } from '../../src/core/id.ts'
import { createTransients } from '../../src/core/transient.ts'
import type { Program } from '../../src/engine/program.ts'
import type { Scope } from '../../src/engine/scope.ts'
import { createWorker, type Worker } from '../../src/engine/worker/worker.ts'
import type { MemoryStore } from '../../src/store/memory/open.ts'
import type { Store } from '../../src/store/store.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { silentMetrics } from '../../src/telemetry/metrics.ts'
import { HEARTBEAT, type Leases, renewing } from './lease.ts'
import { createCaller, distantStore, type Line, openLine, whenRunning } from './network.ts'
import type { Stage } from './stage.ts'

/** The middle: one store, and who has leases there. */
export interface Middle {
  readonly stage: Stage
  readonly store: MemoryStore
  readonly leases: Leases
}

/** What every process has. */
export interface Process {
  readonly line: Line
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
}

/** One that executes runs. */
export interface WorkerProcess extends Process {
  readonly worker: Worker
}

/** A process without a worker. */
export function startProcess({ stage, store, leases }: Middle): Process {
  const line = openLine()
  const call = createCaller(stage, line)
  const clock = mortalClock(stage, line)
  const far = distantStore({ ...store, coordination: leases.port }, call, stage, line)
  const coordination = renewing(far.coordination, leases, { stage, line, call })
  return { line, clock, store: { ...far, coordination }, ids: createIds(stage.clock, stage.random) }
}

/** One with a worker, which starts. `code` is what an agent does. */
export function startWorker(
  middle: Middle,
  agents: readonly string[],
  code: (scope: Scope, input: unknown) => Promise<unknown>,
): WorkerProcess {
  const { stage } = middle
  const process = startProcess(middle)
  const { line, clock, ids, store } = process
  const program = (name: string): Program => ({
    name,
    release: 'r1',
    limits: {},
    run: (scope, input) => code(mortalScope(scope, stage, line), input),
  })
  const worker = createWorker({
    ...{ id: ids.worker(), store, clock, ids, random: stage.random, log: silentLog, metrics: silentMetrics },
    programs: new Map(agents.map((name) => [name, program(name)])),
    settings: {
      ...{ maxConcurrent: 4, drainTimeout: 2_000, suspendAfter: 100, maxJournalBytes: 1e8, heartbeat: HEARTBEAT },
    },
    transients: createTransients(),
  })
  return { ...process, worker }
}

// A clock of this process, whose timers stand still with it.
function mortalClock(stage: Stage, line: Line): Clock {
  const { clock } = stage
  return { now: clock.now, setTimer: (at, fire) => clock.setTimer(at, () => whenRunning(stage, line, fire)) }
}

// What a dead process would do next is not done, and what a stopped one would is done when it goes on.
function mortalScope(scope: Scope, stage: Stage, line: Line): Scope {
  const below = (code: (scope: Scope) => Promise<unknown>) => (lane: Scope) => code(mortalScope(lane, stage, line))
  return {
    ...scope,
    step: (name, call, terms) =>
      scope.step(
        name,
        (step) =>
          new Promise((resolve, reject) =>
            whenRunning(stage, line, () => {
              try {
                resolve(call(step))
              } catch (reason) {
                reject(reason)
              }
            }),
          ),
        terms,
      ),
    branch: (name, code) => scope.branch(name, below(code)),
    all: (branches) => scope.all(branches.map(([name, code]) => [name, below(code)])),
    race: (branches) => scope.race(branches.map(([name, code]) => [name, below(code)])),
  }
}
