import { type Context, createContext, Script } from 'node:vm'
import { PolisError } from './error.ts'

const CALL = new Script('work()', { filename: 'within-time' })
let context: Context | undefined

/**
 * What synchronous work gives; TOO_LARGE with `message` when it takes longer than `limit` milliseconds, wherever it is then.
 *
 * For work whose time others decide, such as a pattern from elsewhere that backtracks without end: it would stop the whole thread.
 * Costs about 0.1 ms.
 */
export function withinTime<Result>(limit: number, message: string, work: () => Result): Result {
  // Within another such call the outer limit holds.
  if (context?.work !== undefined) return work()
  // Only `vm` can interrupt code of this thread; the work itself is ours, and sees nothing of the context.
  context ??= createContext({ __proto__: null, work: undefined })
  context.work = work
  try {
    return CALL.runInContext(context, { timeout: limit }) as Result
  } catch (reason) {
    if (isTimeout(reason)) throw new PolisError('TOO_LARGE', message)
    throw reason
  } finally {
    context.work = undefined
  }
}

// Not by its class: it is an error of the other context.
function isTimeout(reason: unknown): boolean {
  return typeof reason === 'object' && reason !== null && Reflect.get(reason, 'code') === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
}
