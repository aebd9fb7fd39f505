import { EVAL_AGENT, EVALS_AGENT } from '../../core/eval.ts'
import { DEFAULT_TENANT } from '../../core/id.ts'
import type { Models } from '../../core/model.ts'
import {
  type AgentCode,
  type Bed,
  type BedProcess,
  createBed,
  type ProcessOptions,
} from '../../engine/fake/test-bed.ts'
import type { RunView } from '../../engine/service/service.ts'
import { openMemoryStore } from '../../store/memory/open.ts'
import { silentLog } from '../../telemetry/log.ts'
import type { EvalCase } from '../case/data.ts'
import { defineEval, type EvalDefinition } from '../define-eval.ts'
import type { LoadedEval } from '../load-evals.ts'
import type { EvalsRequest } from '../plan.ts'
import { type EvalResult, readResult } from '../result.ts'
import type { EvalDependencies } from '../run/dependencies.ts'
import { createDesk } from '../run/desk.ts'
import { evalProgram } from '../run/eval.ts'
import { suiteProgram } from '../run/suite.ts'

/** Evals of a test on the real engine over a memory store, in processes that can be killed. */
export interface EvalBed {
  readonly bed: Bed
  /** Begins to drain the process that was opened last. */
  readonly draining: AbortController
  /** The evals as processes that are opened from now on load them. */
  evals: readonly LoadedEval[]
  /** The release of agents as they hold it. */
  release: string
  open(options?: ProcessOptions): Promise<BedProcess>
  start(request?: EvalsRequest): Promise<string>
  /** Lets it all happen, and gives the results of the evals, oldest first. */
  finish(run: string): Promise<{ readonly view: RunView; readonly results: readonly EvalResult[] }>
}

/** An eval as if it had been loaded from a file. */
export function loadedEval(
  given: Partial<Parameters<typeof defineEval>[0]> & { readonly data: readonly EvalCase[] },
  code = 'code-1',
): LoadedEval {
  const definition: EvalDefinition = defineEval({
    ...{ name: 'greets', agent: 'greeter', scorers: { right: ({ output, expected }) => output === expected } },
    ...given,
  })
  return { definition, file: '/project/evals/greets.eval.ts', shown: 'evals/greets.eval.ts', code }
}

/** Makes the bed; its first process has to be opened. */
export function createEvalBed(
  agents: Readonly<Record<string, AgentCode>>,
  evals: readonly LoadedEval[],
  models: Models,
): EvalBed {
  // A process that died has a store and a desk of its own, which nobody hears any more.
  let current: EvalDependencies | undefined
  const programOf =
    (make: typeof suiteProgram): AgentCode =>
    (scope, input) => {
      if (current === undefined) throw new Error('no process is open')
      return make(current).run(scope, input)
    }
  const bed = createBed({
    agents: { ...agents, [EVALS_AGENT]: programOf(suiteProgram), [EVAL_AGENT]: programOf(evalProgram) },
  })
  const made: EvalBed & { draining: AbortController } = {
    bed,
    draining: new AbortController(),
    evals,
    release: 'r1',
    async open(options) {
      made.draining = new AbortController()
      const { clock, service, state } = bed
      const store = openMemoryStore({ clock, state, faults: () => undefined })
      current = {
        ...{ models, clock, service, slots: 10, draining: made.draining.signal },
        releases: new Map(Object.keys(agents).map((name) => [name, made.release])),
        evals: async () => made.evals,
        store,
        desk: createDesk({ store, service, clock, log: silentLog }),
      }
      return bed.open(options)
    },
    start: (request = {}) => bed.submit(request, { agent: EVALS_AGENT }),
    async finish(run) {
      const view = await bed.finish(run)
      const { items } = await bed.service.runs(
        { tenant: DEFAULT_TENANT },
        { agent: EVAL_AGENT, parent: run },
        { limit: 100 },
      )
      const views = await Promise.all(items.map((it) => bed.service.run(bed.caller, it.run)))
      const results = views.flatMap(({ output }) => readResult(output) ?? [])
      return { view, results: results.reverse() }
    },
  }
  return made
}
