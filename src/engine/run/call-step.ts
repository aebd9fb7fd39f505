import { formatDuration } from '../../core/duration.ts'
import { PolisError } from '../../core/error.ts'
import type { StepCall } from '../scope.ts'
import { createLazyAbort, type LazyAbort } from './lazy-abort.ts'
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
  const result = call.function(toCall(residence, operation, call.attempt, abort))
  return isPromise(result) ? within(residence, operation, { ...call, result, abort }) : result
}

interface Calling extends Call {
  readonly result: PromiseLike<unknown>
  readonly abort: () => LazyAbort
}

async function within({ engine: { clock } }: Residence, operation: Operation, calling: Calling): Promise<unknown> {
  const { result, abort, attempt, timeout } = calling
  const { promise: late, reject } = Promise.withResolvers<never>()
  const cancelTimer = clock.setTimer(clock.now() + timeout, () => {
    const limit = formatDuration(timeout)
    const error = new PolisError(
      'STEP_TIMEOUT',
      `Step ${operation.id} took longer than ${limit} (attempt ${attempt}): give it a longer timeout, or have it do less`,
    )
    abort().abort(error)
    reject(error)
  })
  operation.stop = () => {
    cancelTimer()
    abort().abort(new PolisError('CANCELLED', `Step ${operation.id} is not wanted any more`))
  }
  try {
    return await Promise.race([result, late])
  } finally {
    cancelTimer()
    operation.stop = nothing
  }
}

function abortOnDemand(): () => LazyAbort {
  let made: LazyAbort | undefined
  return () => (made ??= createLazyAbort())
}

function toCall(residence: Residence, operation: Operation, attempt: number, abort: () => LazyAbort): StepCall {
  const { tenant, run } = residence.record
  return {
    key: `${run}/${operation.id}`,
    attempt,
    get signal() {
      return abort().signal
    },
    progress(data) {
      residence.engine.transients.publish({ tenant, run, step: operation.id, kind: 'progress', data })
    },
    delta(data) {
      residence.engine.transients.publish({ tenant, run, step: operation.id, kind: 'delta', data })
    },
  }
}

/** Whether it has to be waited for. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function nothing(): void {}
