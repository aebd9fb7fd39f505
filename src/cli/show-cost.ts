import { formatDollars, toNanos } from '../core/money.ts'
import type { CostView } from '../core/route/wire.ts'

/** Dollars, and that some are not known: never 0 for those. */
export function showCost({ dollars, unpriced }: Pick<CostView, 'dollars' | 'unpriced'>): string {
  if (dollars === undefined) return 'unknown'
  const known = formatDollars(toNanos(dollars))
  return unpriced === 0 ? known : `${known} + unknown`
}

/** What is assumed of a cost; nothing where nothing is. */
export function showAssumed({ assumed }: Pick<CostView, 'assumed'>): string {
  if (assumed.calls === 0) return ''
  return `${countCalls(assumed.calls)}, ${formatDollars(toNanos(assumed.dollars))}`
}

/** `1 call`, `2 calls`. */
export function countCalls(calls: number): string {
  return calls === 1 ? '1 call' : `${calls} calls`
}
