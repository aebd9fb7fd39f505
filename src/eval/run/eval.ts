/**
 * The agent that runs one eval.
 *
 * Role: decides what is done and records it as a plan, runs the cases as child runs in so many lanes, scores each, and sums up.
 * Boundary: the eval's own code is called inside of steps alone.
 *
 * 1. All that the order of operations depends on stands in the plan: a changed eval file changes no eval that has begun.
 * 2. A trial whose result is recorded is never run again (G3): its child run, its scores and its judges' words are operations.
 * 3. While a lane's case runs, its `answer` step keeps the eval in memory; a worker that drains ends these steps first.
 */
import { EVAL_AGENT } from '../../core/eval.ts'
import type { Program } from '../../engine/program.ts'
import type { Scope } from '../../engine/scope.ts'
import { SYSTEM_RELEASE } from '../../engine/system-agent.ts'
import type { Plan, PlannedCase } from '../plan.ts'
import type { EvalResult, TrialResult } from '../result.ts'
import { type Baseline, summarise } from '../summarise.ts'
import { findBaseline } from './baseline.ts'
import type { EvalDependencies } from './dependencies.ts'
import { makePlan } from './make-plan.ts'
import { readRequest } from './request.ts'
import { readTerms } from './terms.ts'
import { runTrial } from './trial.ts'

const READING = 120_000

/** See the head of this file. */
export function evalProgram(dependencies: EvalDependencies): Program {
  return {
    name: EVAL_AGENT,
    release: SYSTEM_RELEASE,
    limits: {},
    async run(scope, input): Promise<EvalResult> {
      const request = readRequest(input)
      const { tenant, run } = scope.record
      // What these two steps recorded.
      const plan = (await scope.step('plan', () => makePlan(dependencies, tenant, request), readTerms(READING))) as Plan
      const wanted = { tenant, run, eval: plan.eval, baseline: plan.baseline }
      const baseline = await scope.step('baseline', () => findBaseline(dependencies.store, wanted), readTerms(READING))
      const trials = await runAll(dependencies, scope, plan)
      return summarise(plan, trials, (baseline ?? undefined) as Baseline | 'missing' | undefined)
    },
  }
}

interface Job {
  readonly item: PlannedCase
  readonly at: number
  readonly trial: number
}

async function runAll(dependencies: EvalDependencies, scope: Scope, plan: Plan): Promise<readonly TrialResult[]> {
  const jobs = plan.cases.flatMap((item, at) =>
    Array.from({ length: plan.trials }, (_, trial): Job => ({ item, at: at + 1, trial: trial + 1 })),
  )
  if (jobs.length === 0) return []
  const results: TrialResult[] = []
  // Results are handed out in the order of the journal, so that a replay gives each lane the same jobs.
  const work = async (lane: Scope) => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const result = await runTrial(dependencies, lane, plan, job)
      results.push(result)
      await lane.emit('trial', result)
    }
  }
  const lanes = Math.min(plan.concurrency, jobs.length)
  await scope.all(Array.from({ length: lanes }, (_, at) => [`lane-${at + 1}`, work] as const))
  return results
}
