import { formatDuration } from '../../core/duration.ts'
import { PolisError } from '../../core/error.ts'
import { SIGNAL, WITH_SIGNAL, withSignal } from '../../core/lazy-signal.ts'
import { startPausableTimer } from '../../core/pausable-timer.ts'
import type { StepCall } from '../scope.ts'
import { type AttemptClock, createAttemptClock } from './attempt-clock.ts'
import { abort as abortLazy, createLazyAbort, type LazyAbort, signalOf } from './lazy-abort.ts'
import { createLiveQuestions, type LiveQuestions } from './live-question.ts'
import type { Operation, Residence } from './residence.ts'

/** One call of a step's function. */
export interface Call {
  readonly function: (step: StepCall) => unknown
  readonly attempt: number
  /** Milliseconds. */
  readonly timeout: number
}

/**
 * Calls a step's function once. A promise of it is bounded by the timeout and aborted by the operation's `stop`; what is no promise
 * is answered as it is, since nothing can interrupt a function that has returned already.
 */
export function callStep(residence: Residence, operation: Operation, call: Call): unknown {
  const abort = abortOnDemand()
  const clock = createAttemptClock()
  const questions = questionsOnDemand(residence, operation, clock.hold)
  const result = call.function(toCall(residence, operation, call.attempt, { abort, questions }))
  return isPromise(result) ? within(residence, operation, { ...call, result, abort, questions, clock }) : result
}

interface Calling extends Call {
  readonly result: PromiseLike<unknown>
  readonly abort: () => LazyAbort
  readonly questions: OnDemand
  readonly clock: AttemptClock
}

async function within({ engine: { clock } }: Residence, operation: Operation, calling: Calling): Promise<unknown> {
  const { result, abort, attempt, timeout, questions } = calling
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = startPausableTimer(clock, timeout, () => {
    const limit = formatDuration(timeout)
    const error = new PolisError(
      'STEP_TIMEOUT',
      `Step ${operation.id} took longer than ${limit} (attempt ${attempt}): give it a longer timeout, or have it do less`,
    )
    abortLazy(abort(), error)
    reject(error)
  })
  calling.clock.attach(timer)
  operation.stop = () => {
    timer.cancel()
    questions.end()
    abortLazy(abort(), new PolisError('CANCELLED', `Step ${operation.id} is not wanted any more`))
  }
  try {
    return await Promise.race([result, late])
  } finally {
    timer.cancel()
    questions.end()
    operation.stop = nothing
  }
}

function abortOnDemand(): () => LazyAbort {
  let made: LazyAbort | undefined
  return () => (made ??= createLazyAbort())
}

interface OnDemand {
  readonly get: () => LiveQuestions
  /** Withdraws what was asked, if anything was. */
  readonly end: () => void
}

// Few steps ever ask.
function questionsOnDemand(residence: Residence, operation: Operation, hold: () => () => void): OnDemand {
  let made: LiveQuestions | undefined
  return {
    get: () => (made ??= createLiveQuestions(residence, operation, hold)),
    end: () => made?.end(),
  }
}

function toCall(
  residence: Residence,
  operation: Operation,
  attempt: number,
  { abort, questions }: Pick<Calling, 'abort' | 'questions'>,
): StepCall {
  const { tenant, run } = residence.record
  return withSignal<StepCall>({
    __proto__: WITH_SIGNAL,
    [SIGNAL]: () => signalOf(abort()),
    key: `${run}/${operation.id}`,
    attempt,
    progress(data) {
      residence.engine.transients.publish({ tenant, run, step: operation.id, kind: 'progress', data })
    },
    delta(data) {
      residence.engine.transients.publish({ tenant, run, step: operation.id, kind: 'delta', data })
    },
    ask: (terms) => questions.get().ask(terms),
  })
}

/** Whether it has to be waited for. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function nothing(): void {}
