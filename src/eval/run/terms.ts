import type { StepTerms } from '../../engine/scope.ts'

/** Terms of a step of the runtime's own that changes nothing: once is enough, unless its error says that it may pass. */
export function readTerms(timeout: number, attempts = 1): StepTerms {
  return {
    ...({
      effect: 'read',
      uncertain: 'retry',
      attempts,
      delay: 500,
      maxDelay: 30_000,
      factor: 2,
      jitter: true,
    } as const),
    timeout,
    hash: undefined,
  }
}
