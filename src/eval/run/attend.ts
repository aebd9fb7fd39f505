import { formatDuration } from '../../core/duration.ts'
import { PolisError } from '../../core/error.ts'
import { hash } from '../../core/json.ts'
import { UNCERTAIN_ANSWER } from '../../engine/run/uncertain.ts'
import type { Scope, StepCall, StepTerms } from '../../engine/scope.ts'
import type { QuestionView } from '../../engine/service/service.ts'
import type { Plan } from '../plan.ts'
import type { EvalDependencies } from './dependencies.ts'
import { evalNamed } from './make-plan.ts'
import { failed, type Outcome, type TrialJob, tagsOf } from './outcome.ts'
import { assertUnchanged } from './unchanged.ts'

/**
 * Answers the questions of a case's run as the eval says, for as long as the run lasts: whoever races with it ends it. It comes to an end
 * by itself where there is nothing to answer with, or when the time is over, which fails the case.
 *
 * The time counts anew when an interrupted eval goes on: what nobody worked on was not too slow.
 */
export async function attend(
  dependencies: EvalDependencies,
  scope: Scope,
  plan: Plan,
  job: TrialJob,
): Promise<Outcome> {
  try {
    const call = (step: StepCall) => answerAll(dependencies, scope, plan, job, step)
    await scope.step(`answer-${job.at}-${job.trial}`, call, termsOf(plan))
    const limit = formatDuration(plan.timeout)
    const message = `The run has not ended within the eval's timeout, ${limit}, and was cancelled`
    return { kind: 'failed', error: { code: 'TIMEOUT', message } }
  } catch (reason) {
    return failed(scope, reason)
  }
}

// A worker that drains ends it with SHUTTING_DOWN, however often that is: another one goes on with it.
function termsOf({ timeout }: Plan): StepTerms {
  return {
    ...({ effect: 'idempotent', uncertain: 'retry', attempts: 1_000_000, jitter: false } as const),
    ...{ delay: 200, maxDelay: 200, factor: 1, hash: undefined },
    // Longer than the case may take, so that it is the case that is too late.
    timeout: timeout + 60_000,
  }
}

/** Resolves when the time is over. */
async function answerAll(
  dependencies: EvalDependencies,
  { record: { tenant, run } }: Scope,
  plan: Plan,
  job: TrialJob,
  { signal }: StepCall,
): Promise<void> {
  await assertUnchanged(dependencies, plan)
  const { desk, draining, clock } = dependencies
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const leave = desk.attend({
    ...{ tenant, parent: run, tags: tagsOf(run, plan, job) },
    ask: (question) => void answer(dependencies, tenant, plan, job, question).catch(reject),
  })
  const cancelTimer = clock.setTimer(clock.now() + plan.timeout, resolve)
  const over = () => reject(new PolisError('CANCELLED', 'The case is over'))
  const drain = () => reject(new PolisError('SHUTTING_DOWN', 'The worker stops: another one goes on with the case'))
  signal.addEventListener('abort', over, { once: true })
  draining.addEventListener('abort', drain, { once: true })
  if (signal.aborted) over()
  if (draining.aborted) drain()
  try {
    await promise
  } finally {
    leave()
    cancelTimer()
    signal.removeEventListener('abort', over)
    draining.removeEventListener('abort', drain)
  }
}

async function answer(
  dependencies: EvalDependencies,
  tenant: string,
  plan: Plan,
  job: TrialJob,
  question: QuestionView,
): Promise<void> {
  const given = await answerOf(dependencies, plan, job, question)
  if (given !== undefined) return giveAnswer(dependencies, tenant, question, given)
  // Whoever set a deadline said what happens then.
  if (question.deadline !== undefined) return
  const asked = JSON.stringify(question.question.slice(0, 200))
  throw new PolisError(
    'INVALID_CONFIG',
    `Nobody answers question '${question.id}' of agent ${question.agent} (${asked}): give the eval answers: { … }`,
  )
}

async function answerOf(
  dependencies: EvalDependencies,
  plan: Plan,
  { item }: TrialJob,
  { id, agent, question, schema, about }: QuestionView,
): Promise<unknown> {
  const { definition } = await evalNamed(dependencies, plan.eval)
  const seen = { id, agent, question, schema, case: item.name, input: item.input }
  try {
    return (await definition.answers(about === undefined ? seen : { ...seen, about })) ?? whatHappened(schema)
  } catch (cause) {
    // Asking it again would not help, so it must not look like something that passes.
    const { message } = PolisError.from(cause)
    throw new PolisError('INVALID_CONFIG', `The eval's answers failed on question '${id}': ${message}`, { cause })
  }
}

// After a crash the engine asks what became of a step that may run only once. Whoever goes on with an eval wants it done.
function whatHappened(schema: unknown): unknown {
  return hash(schema) === UNCERTAIN ? { action: 'retry' } : undefined
}

const UNCERTAIN = hash(UNCERTAIN_ANSWER)

async function giveAnswer(
  { service }: EvalDependencies,
  tenant: string,
  { run, id }: QuestionView,
  given: unknown,
): Promise<void> {
  try {
    await service.answer({ tenant, by: 'eval' }, run, id, given)
  } catch (reason) {
    const error = PolisError.from(reason)
    // Somebody else was first, or the run is over: there is nothing to answer any more.
    if (error.code !== 'ALREADY_ANSWERED' && error.code !== 'ALREADY_ENDED' && error.code !== 'NOT_FOUND') throw error
  }
}
