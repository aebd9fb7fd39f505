import type { DecodedEntry } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import { EVAL_AGENT, EVAL_TAGS } from '../../core/eval.ts'
import { toDollars } from '../../core/money.ts'
import type { RunRecord } from '../../core/run.ts'
import type { Evidence, Score, ScorerFunction } from '../evidence.ts'
import type { Plan } from '../plan.ts'
import type { ScoreResult, SpentResult } from '../result.ts'
import type { EvalDependencies } from './dependencies.ts'
import { evalNamed } from './make-plan.ts'
import { type Outcome, type TrialJob, tagsOf } from './outcome.ts'
import { readJournal, spentBy } from './read-run.ts'
import { assertUnchanged } from './unchanged.ts'

/** What is known of a case's run once it has been looked at. */
export interface Scored {
  readonly run: string
  readonly ms: number
  readonly spent: SpentResult
  readonly scores: readonly ScoreResult[]
}

/** Calls the scorers that are functions on a case's run. A scorer that throws has failed; it says nothing of the run. */
export async function scoreRun(
  dependencies: EvalDependencies,
  { tenant, run: evalRun }: Pick<RunRecord, 'tenant' | 'run'>,
  plan: Plan,
  job: TrialJob,
  outcome: Outcome,
): Promise<Scored> {
  const { store } = dependencies
  await assertUnchanged(dependencies, plan)
  const { definition } = await evalNamed(dependencies, plan.eval)
  const record = await findCase(dependencies, tenant, evalRun, plan, job)
  const entries = await readJournal(store, record)
  const spent = await spentBy(store, record, entries)
  const ms = (entries.at(-1)?.time ?? record.updatedAt) - record.createdAt
  const evidence = evidenceOf(job, outcome, { record, entries, spent, ms })
  const scores: ScoreResult[] = []
  for (const { name, by } of definition.scorers) {
    if (by.kind === 'function') scores.push({ scorer: name, ...(await apply(by.score, evidence)) })
  }
  return { run: record.run, ms, spent, scores }
}

async function findCase(
  { store }: EvalDependencies,
  tenant: string,
  evalRun: string,
  plan: Plan,
  job: TrialJob,
): Promise<RunRecord> {
  const filter = { parent: evalRun, tags: tagsOf(evalRun, plan, job) }
  const { items } = await store.index.list(tenant, filter, { limit: 1 })
  if (items[0] !== undefined) return items[0]
  const expected = `a run with tag ${EVAL_TAGS.run} below ${EVAL_AGENT} ${evalRun}`
  throw new PolisError('NOT_FOUND', `The run of case ${job.item.name} is gone: expected ${expected}`)
}

interface Facts {
  readonly record: RunRecord
  readonly entries: readonly DecodedEntry[]
  readonly spent: SpentResult
  readonly ms: number
}

function evidenceOf({ item, trial }: TrialJob, outcome: Outcome, { record, entries, spent, ms }: Facts): Evidence {
  return {
    ...{ name: item.name, trial, input: item.input, expected: item.expected },
    output: outcome.kind === 'completed' ? outcome.output : undefined,
    error: outcome.kind === 'failed' ? outcome.error : undefined,
    ...{ run: record, entries, duration: ms },
    cost: spent.unpriced ? undefined : toDollars(spent.nanos),
  }
}

async function apply(score: ScorerFunction, evidence: Evidence): Promise<Omit<ScoreResult, 'scorer'>> {
  try {
    return toScore(await score(evidence))
  } catch (reason) {
    return { error: PolisError.from(reason).toJSON().message }
  }
}

function toScore(given: Score): Omit<ScoreResult, 'scorer'> {
  const { score, reason } = typeof given === 'object' && given !== null ? given : { score: given }
  const value = typeof score === 'boolean' ? Number(score) : score
  if (!(typeof value === 'number' && value >= 0 && value <= 1))
    return {
      error: `expected a number from 0 to 1, a truth value, or { score, reason }, got ${JSON.stringify(given) ?? typeof given}`,
    }
  return { score: value, ...(typeof reason === 'string' && reason !== '' ? { reason } : {}) }
}
