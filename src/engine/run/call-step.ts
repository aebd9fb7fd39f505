import { formatDuration } from '../../core/duration.ts'
import { PolisError } from '../../core/error.ts'
import type { StepCall } from '../scope.ts'
import { createLazyAbort, type LazyAbort } from './lazy-abort.ts'
import type { Operation, Residence } from './residence.ts'

/** Calls a step's function once, within its time; the operation's `stop` aborts it. */
export async function callStep(
  residence: Residence,
  operation: Operation,
  call: (step: StepCall) => unknown,
  { attempt, timeout }: { readonly attempt: number; readonly timeout: number },
): Promise<unknown> {
  const abort = createLazyAbort()
  const result = call(toCall(residence, operation, attempt, abort))
  // Nothing can interrupt a function that has returned already.
  return isPromise(result) ? within(residence, operation, { result, abort, attempt, timeout }) : result
}

interface Calling {
  readonly result: PromiseLike<unknown>
  readonly abort: LazyAbort
  readonly attempt: number
  readonly timeout: number
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
    abort.abort(error)
    reject(error)
  })
  operation.stop = () => {
    cancelTimer()
    abort.abort(new PolisError('CANCELLED', `Step ${operation.id} is not wanted any more`))
  }
  try {
    return await Promise.race([result, late])
  } finally {
    cancelTimer()
    operation.stop = nothing
  }
}

function toCall(residence: Residence, operation: Operation, attempt: number, abort: LazyAbort): StepCall {
  const { tenant, run } = residence.record
  return {
    key: `${run}/${operation.id}`,
    attempt,
    get signal() {
      return abort.signal
    },
    progress(data) {
      residence.engine.transients.publish({ tenant, run, step: operation.id, kind: 'progress', data })
    },
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function nothing(): void {}
