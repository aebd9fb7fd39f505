import { agentInfo } from '../agent/program.ts'
import type { LoadedAgent } from '../agent/project.ts'
import type { Clock } from '../core/clock.ts'
import { EVAL_AGENT, EVALS_AGENT } from '../core/eval.ts'
import type { Ids } from '../core/id.ts'
import type { Models } from '../core/model.ts'
import type { Program } from '../engine/program.ts'
import { createService } from '../engine/service/create.ts'
import type { Store } from '../store/store.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics-port.ts'
import { type LoadedEval, loadEvals } from './load-evals.ts'
import type { EvalDependencies } from './run/dependencies.ts'
import { createDesk } from './run/desk.ts'
import { evalProgram } from './run/eval.ts'
import { suiteProgram } from './run/suite.ts'

/** What the programs of evals are made with. */
export interface EvalProgramsOptions {
  /** Folder of the project, absolute. */
  readonly dir: string
  readonly agents: ReadonlyMap<string, LoadedAgent>
  readonly store: Store
  readonly models: Models
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly metrics: Metrics
  /** Runs that may be executed at once. */
  readonly slots: number
  /** Aborts when this worker begins to drain. */
  readonly draining: AbortSignal
}

/** The runtime's own agents that evaluate a project. Eval files are executed when the first of them needs one, and not before. */
export function createEvalPrograms(options: EvalProgramsOptions): ReadonlyMap<string, Program> {
  const { dir, agents, store, models, clock, slots, draining } = options
  const infos = [...agents.values()].map(agentInfo)
  const service = createService({ ...options, agents: () => infos })
  const dependencies: EvalDependencies = {
    ...{ store, models, clock, service, slots, draining },
    desk: createDesk({ ...options, service }),
    evals: once(() => loadEvals(dir, [...agents.keys()])),
    releases: new Map([...agents].map(([name, { release }]) => [name, release])),
  }
  return new Map([
    [EVALS_AGENT, suiteProgram(dependencies)],
    [EVAL_AGENT, evalProgram(dependencies)],
  ])
}

function once(load: () => Promise<readonly LoadedEval[]>): EvalDependencies['evals'] {
  let loaded: Promise<readonly LoadedEval[]> | undefined
  return () => {
    loaded ??= load().catch((reason: unknown) => {
      loaded = undefined
      throw reason
    })
    return loaded
  }
}
