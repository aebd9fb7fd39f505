/**
 * Money is whole nanodollars (10⁻⁹ US dollars): a token costs a fraction of a microdollar, and sums of whole numbers are exact.
 *
 * A JavaScript number holds nine million dollars of them.
 */
const NANOS = 1_000_000_000

/** Dollars as nanodollars, rounded to the nearest. */
export function toNanos(dollars: number): number {
  return Math.round(dollars * NANOS)
}

/** Nanodollars as dollars; for people, metrics and JSON, never for sums. */
export function toDollars(nanos: number): number {
  return nanos / NANOS
}

/** For people: `$12.50`, `$0.0042`, `$0` (two digits from a cent up, else two significant ones). */
export function formatDollars(nanos: number): string {
  const dollars = toDollars(nanos)
  if (dollars === 0) return '$0'
  if (Math.abs(dollars) >= 0.01) return `$${dollars.toFixed(2)}`
  // Never in exponential notation, which `toPrecision` alone would use.
  return `$${Number(dollars.toPrecision(2)).toFixed(9).replace(/0+$/, '')}`
}
