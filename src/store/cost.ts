import type { Charge, CostGrouping, CostRow } from '../core/budget.ts'
import { addUsage, NO_USAGE } from '../core/usage.ts'

/** The sum of no charges. */
export const NO_COST: CostRow = Object.freeze({
  calls: 0,
  usage: NO_USAGE,
  nanos: 0,
  unpriced: 0,
  assumed: Object.freeze({ calls: 0, tokens: 0, nanos: 0 }),
})

/** A sum with one more charge. */
export function addCharge(sum: CostRow, { usage, nanos, assumed }: Charge): CostRow {
  const tokens = assumed ? usage.input + usage.output : 0
  return addCosts(sum, {
    calls: 1,
    usage,
    nanos: nanos ?? 0,
    unpriced: nanos === undefined ? 1 : 0,
    assumed: { calls: assumed ? 1 : 0, tokens, nanos: assumed ? (nanos ?? 0) : 0 },
  })
}

/** Both sums together, of the first one's group. */
export function addCosts(a: CostRow, b: CostRow): CostRow {
  return {
    ...(a.group === undefined ? {} : { group: a.group }),
    calls: a.calls + b.calls,
    usage: addUsage(a.usage, b.usage),
    nanos: a.nanos + b.nanos,
    unpriced: a.unpriced + b.unpriced,
    assumed: {
      calls: a.assumed.calls + b.assumed.calls,
      tokens: a.assumed.tokens + b.assumed.tokens,
      nanos: a.assumed.nanos + b.assumed.nanos,
    },
  }
}

/** The order of a list: the dearest first, then that with the most tokens; days the newest first. */
export function compareCosts(by: CostGrouping): (a: CostRow, b: CostRow) => number {
  const names = (a: CostRow, b: CostRow) => ((a.group ?? '') < (b.group ?? '') ? -1 : 1)
  if (by === 'day') return (a, b) => -names(a, b)
  return (a, b) => b.nanos - a.nanos || tokensOf(b) - tokensOf(a) || names(a, b)
}

function tokensOf({ usage }: CostRow): number {
  return usage.input + usage.output
}
