import { callModel } from '../../agent/loop/call-model.ts'
import { PolisError } from '../../core/error.ts'
import { hash } from '../../core/json.ts'
import type { ModelResult, Models } from '../../core/model.ts'
import { costOf } from '../../core/usage.ts'
import type { Scope } from '../../engine/scope.ts'
import type { Plan, PlannedJudge } from '../plan.ts'
import type { ScoreResult, SpentResult } from '../result.ts'
import { type Judgement, judgeRequest, readJudgement } from '../score/judge.ts'
import { meanOf } from '../statistics.ts'
import { NOTHING_SPENT, sum } from '../summarise.ts'
import type { Outcome, TrialJob } from './outcome.ts'

/** What a judge said, and what asking it cost. */
export interface Judged {
  readonly result: ScoreResult
  readonly spent: SpentResult
}

/** A judge whose answer cannot be used is asked again, so often in all. */
const ASKS = 3

/** Asks each judge of the plan about a case's output; each question is a recorded step, booked like any call of a model. */
export async function askJudges(
  models: Models,
  lane: Scope,
  { scorers }: Plan,
  job: TrialJob,
  outcome: Outcome,
): Promise<readonly Judged[]> {
  const judged: Judged[] = []
  for (const { name, judge } of scorers) {
    if (judge !== undefined) judged.push(await askOne(models, lane, job, outcome, { ...judge, name }))
  }
  return judged
}

type Asked = PlannedJudge & { readonly name: string }

async function askOne(models: Models, lane: Scope, job: TrialJob, outcome: Outcome, judge: Asked): Promise<Judged> {
  const { name: scorer, samples } = judge
  if (outcome.kind === 'failed') {
    const reason = `${outcome.error.code}: ${outcome.error.message}`
    return { result: { scorer, score: 0, reason }, spent: NOTHING_SPENT }
  }
  const answers: ModelResult[] = []
  const said: Judgement[] = []
  const spent = () => sum(answers.map((answer) => spentOn(judge, answer)))
  try {
    for (let sample = 1; sample <= samples; sample++)
      said.push(await ask(models, lane, judge, job, outcome.output, (answer) => void answers.push(answer), sample))
  } catch (reason) {
    if (lane.signal().aborted) throw reason
    const { code, message } = PolisError.from(reason).toJSON()
    return { result: { scorer, error: `${code}: ${message}` }, spent: spent() }
  }
  const reason = said.map((it) => it.reason).find((it) => it !== '')
  const score = meanOf(said.map((it) => it.score))
  return { result: { scorer, score, ...(reason === undefined ? {} : { reason }) }, spent: spent() }
}

async function ask(
  models: Models,
  lane: Scope,
  judge: Asked,
  { item, at, trial }: TrialJob,
  output: unknown,
  paid: (answer: ModelResult) => void,
  sample: number,
): Promise<Judgement> {
  const request = judgeRequest(judge, { input: item.input, output, expected: item.expected })
  const name = `judge-${at}-${trial}-${judge.name}-${sample}`
  const call = { name, agent: lane.record.agent, chain: judge.chain, request, hash: hash(request), stream: false }
  for (let asked = 1; ; asked++) {
    const answer = await callModel(models, lane, call)
    paid(answer)
    try {
      return readJudgement(judge, answer)
    } catch (reason) {
      if (asked === ASKS) throw reason
    }
  }
}

// By the prices of the plan: what is recorded must not change with the price list.
function spentOn({ prices }: PlannedJudge, { model, usage }: ModelResult): SpentResult {
  const price = prices[model]
  const tokens = usage.input + usage.output
  return price === undefined ? { nanos: 0, tokens, unpriced: true } : { nanos: costOf(usage, price), tokens }
}
