import { PolisError } from '../../core/error.ts'
import type { Scope } from '../../engine/scope.ts'
import type { Plan } from '../plan.ts'
import type { ScoreResult, TrialResult } from '../result.ts'
import { sum, weigh } from '../summarise.ts'
import { askJudges } from './ask-judges.ts'
import { attend } from './attend.ts'
import type { EvalDependencies } from './dependencies.ts'
import { failed, type Outcome, type TrialJob, tagsOf } from './outcome.ts'
import { type Scored, scoreRun } from './score-run.ts'
import { readTerms } from './terms.ts'
import { isChange } from './unchanged.ts'

/** Runs the agent on a case as a child run, and has what comes of it scored. */
export async function runTrial(
  dependencies: EvalDependencies,
  lane: Scope,
  plan: Plan,
  job: TrialJob,
): Promise<TrialResult> {
  const outcome = await runCase(dependencies, lane, plan, job)
  const name = `score-${job.at}-${job.trial}`
  const call = () => scoreRun(dependencies, lane.record, plan, job, outcome)
  const scored = await scoreStep(lane, plan, name, call)
  const judged = await askJudges(dependencies.models, lane, plan, job, outcome)
  const scores = inOrder(plan, [...scored.scores, ...judged.map(({ result }) => result)])
  const score = weigh(scores, plan.scorers)
  return {
    ...{ case: job.item.key, trial: job.trial, run: scored.run, ms: scored.ms, spent: scored.spent },
    ...(outcome.kind === 'failed' ? { error: outcome.error } : {}),
    judged: sum(judged.map(({ spent }) => spent)),
    scores,
    ...(score === undefined ? {} : { score }),
  }
}

async function runCase(dependencies: EvalDependencies, lane: Scope, plan: Plan, job: TrialJob): Promise<Outcome> {
  const { value } = await lane.race([
    ['run', (scope) => runChild(scope, plan, job)],
    ['answers', (scope) => attend(dependencies, scope, plan, job)],
  ])
  // Both answer one.
  return value as Outcome
}

async function runChild(scope: Scope, plan: Plan, job: TrialJob): Promise<Outcome> {
  try {
    const tags = tagsOf(scope.record.run, plan, job)
    return {
      kind: 'completed',
      output: await scope.child(`case-${job.at}-${job.trial}`, plan.agent, job.item.input, tags),
    }
  } catch (reason) {
    return failed(scope, reason)
  }
}

// A step that fails as a whole (it took too long) is a fault of its scorers.
async function scoreStep(lane: Scope, plan: Plan, name: string, call: () => Promise<Scored>): Promise<Scored> {
  try {
    // What the step recorded.
    return (await lane.step(name, call, readTerms(plan.timeout))) as Scored
  } catch (reason) {
    if (lane.signal().aborted || isChange(reason)) throw reason
    const error = PolisError.from(reason).toJSON().message
    const scores = plan.scorers.filter(({ judge }) => judge === undefined).map(({ name }) => ({ scorer: name, error }))
    return { run: '', ms: 0, spent: { nanos: 0, tokens: 0 }, scores }
  }
}

function inOrder({ scorers }: Plan, scores: readonly ScoreResult[]): readonly ScoreResult[] {
  return scorers.flatMap(({ name }) => scores.find(({ scorer }) => scorer === name) ?? [])
}
