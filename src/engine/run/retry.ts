import { PolisError } from '../../core/error.ts'
import type { Effect } from '../../core/tool.ts'
import type { StepTerms } from '../scope.ts'

/** What follows a failed attempt. `delay` is in milliseconds. */
export type AfterFailure = { readonly kind: 'retry'; readonly delay: number } | { readonly kind: 'fail' }

/**
 * Decides whether a failed attempt is repeated, and when; `failures` counts it. Pure.
 *
 * An error of ours says itself whether repeating may help; any other is taken to be passing. A `once` step whose outcome is
 * unknown (a timeout) is never repeated by itself (G3).
 */
export function afterFailure(
  terms: StepTerms,
  effect: Effect,
  failures: number,
  reason: unknown,
  random: number,
): AfterFailure {
  const attempts = terms.attempts ?? (effect === 'once' ? 1 : 3)
  if (failures >= attempts || !mayPass(reason)) return { kind: 'fail' }
  if (effect === 'once' && reason instanceof PolisError && reason.code === 'STEP_TIMEOUT') return { kind: 'fail' }
  const ceiling = Math.min(terms.delay * terms.factor ** (failures - 1), terms.maxDelay)
  const wanted = terms.jitter ? ceiling * random : ceiling
  return { kind: 'retry', delay: Math.max(Math.round(wanted), retryAfter(reason)) }
}

function mayPass(reason: unknown): boolean {
  return !(reason instanceof PolisError) || reason.retryable || reason.code === 'STEP_FAILED'
}

function retryAfter(reason: unknown): number {
  const asked = reason instanceof PolisError ? reason.details.retryAfter : undefined
  return typeof asked === 'number' && Number.isFinite(asked) ? Math.max(0, asked) : 0
}
