import type { BackendCall } from '../backend.ts'
import { ModelFault } from '../error/fault.ts'
import type { ScriptedFault } from './script.ts'

/** Fails as a provider would, as far as the caller can see. */
export async function fail(fault: ScriptedFault, { signal, trace }: BackendCall): Promise<never> {
  trace.headers = new Headers()
  if (fault.retryAfter !== undefined) trace.headers.set('retry-after-ms', String(fault.retryAfter))
  switch (fault.kind) {
    case 'rate-limit':
      throw status(trace, 429, 'the script says that the rate limit is reached')
    case 'overloaded':
      throw status(trace, 529, 'the script says that it is overloaded')
    case 'rejected':
      throw status(trace, 400, 'the script rejects the request')
    case 'malformed':
      trace.status = 200
      throw new ModelFault('malformed', 'the script says that the answer is no JSON')
    case 'cut':
      trace.status = 200
      trace.begun = true
      throw new ModelFault('cut', 'the script cuts the answer off')
    case 'refused':
      trace.status = 200
      throw new ModelFault('refused', 'the script declines to answer')
    case 'slow':
      return await aborted(signal)
  }
}

function status(trace: BackendCall['trace'], code: number, words: string): ModelFault {
  trace.status = code
  return new ModelFault('status', words, { code: String(code) })
}

// Nothing ever comes: the timeouts of the provider, or the caller, end it.
function aborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  if (signal.aborted) reject(signal.reason)
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  return promise
}
