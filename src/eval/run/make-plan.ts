import { PolisError } from '../../core/error.ts'
import type { Models } from '../../core/model.ts'
import { collectCases, filterCases } from '../case/collect.ts'
import type { Judge } from '../evidence.ts'
import type { LoadedEval } from '../load-evals.ts'
import type { EvalsRequest, Plan, PlannedCase, PlannedJudge } from '../plan.ts'
import type { ThresholdOptions } from '../threshold.ts'
import type { EvalDependencies } from './dependencies.ts'
import { readPlan } from './read-plan.ts'

/** Decides all that an eval will do. */
export async function makePlan(dependencies: EvalDependencies, tenant: string, request: EvalsRequest): Promise<Plan> {
  const { definition, ...loaded } = await evalNamed(dependencies, request.names?.[0] ?? '')
  const { name, agent, scorers } = definition
  const threshold = thresholdOf(definition.threshold, request.threshold)
  // Who asks for no regression compares with the last result, if there is one.
  const baseline = request.baseline ?? (threshold.regression === undefined ? undefined : 'last')
  const cases =
    request.repeat === undefined
      ? await collectCases({ definition, ...loaded }, { ...dependencies, tenant, agent })
      : await casesOfRun(dependencies, tenant, request.repeat, name)
  return {
    ...{ eval: name, agent, release: dependencies.releases.get(agent) ?? '', code: loaded.code },
    cases: filterCases(cases, request.filter),
    scorers: scorers.map((it) => ({
      ...{ name: it.name, weight: it.weight },
      ...(it.by.kind === 'judge' ? { judge: planJudge(dependencies.models, it.by) } : {}),
    })),
    trials: request.trials ?? definition.trials,
    concurrency: request.concurrency ?? definition.concurrency,
    timeout: definition.timeout,
    threshold,
    ...(baseline === undefined ? {} : { baseline }),
  }
}

/** The eval of that name as the project has it now; NOT_FOUND when it is gone. */
export async function evalNamed({ evals }: EvalDependencies, name: string): Promise<LoadedEval> {
  const found = (await evals()).find(({ definition }) => definition.name === name)
  if (found !== undefined) return found
  throw new PolisError('NOT_FOUND', `There is no eval '${name}' any more: it was removed, or has another name`)
}

function planJudge(models: Models, judge: Judge): PlannedJudge {
  const chain = models.chain(judge.model)
  const prices = chain.flatMap((model) => {
    const { price } = models.describe(model)
    return price === undefined ? [] : [[model, price] as const]
  })
  return { ...judge, chain, prices: Object.fromEntries(prices) }
}

function thresholdOf(own: ThresholdOptions, mean: number | undefined): ThresholdOptions {
  return mean === undefined ? own : { ...own, mean }
}

async function casesOfRun(
  { store }: EvalDependencies,
  tenant: string,
  run: string,
  name: string,
): Promise<readonly PlannedCase[]> {
  const plan = await readPlan(store, tenant, run)
  if (plan === undefined || plan.eval !== name)
    throw new PolisError('INVALID_INPUT', `Option repeat: expected a run of polis.eval of eval ${name}, got ${run}`)
  return plan.cases
}
