import { PolisError } from './error.ts'

/** A length of time: a number of milliseconds, or a text such as `250ms`, `1.5s`, `10m`, `2h`, `30d`, `1h 30m`. */
export type Duration = number | string

const UNITS = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const
const TEXT = /^(?:\d+(?:\.\d+)?(?:ms|[smhdw])\s*)+$/
const PART = /(\d+(?:\.\d+)?)(ms|[smhdw])/g
// As far as a Date reaches from the epoch, so that now + duration can go wrong only by being refused.
const LONGEST = 8.64e15

/**
 * Milliseconds, whole, of a duration; `option` names the setting or argument in the error.
 *
 * Throws INVALID_ARGUMENT for what is negative, not finite, has no unit, or is longer than 270,000 years.
 */
export function parseDuration(value: Duration, option: string): number {
  const milliseconds =
    typeof value === 'number' ? value : typeof value === 'string' ? parseText(value.trim()) : Number.NaN
  if (milliseconds >= 0 && milliseconds <= LONGEST) return Math.round(milliseconds)
  throw new PolisError(
    'INVALID_ARGUMENT',
    `${option}: expected a duration such as '250ms', '1.5s', '10m', '2h' or '30d', or a number of milliseconds; got ${show(value)}${advice(value)}`,
    { details: { option } },
  )
}

/** A duration for people, in its two largest units: `340ms`, `1.5s`, `2m 5s`, `3h`, `2d 4h`. */
export function formatDuration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return String(milliseconds)
  if (milliseconds < 0) return `-${formatDuration(-milliseconds)}`
  if (milliseconds < 999.5) return `${round(milliseconds, milliseconds < 10 ? 1 : 0)}ms`
  if (milliseconds < 59_950) return `${round(milliseconds / 1000, 1)}s`
  if (milliseconds < 3_599_500) return pair(milliseconds, 'm', 's')
  if (milliseconds < 86_370_000) return pair(milliseconds, 'h', 'm')
  return pair(milliseconds, 'd', 'h')
}

/** Whether it is a duration above zero, for schemas that say in words of their own what was expected. */
export function isDuration(value: unknown): value is Duration {
  if (typeof value !== 'number' && typeof value !== 'string') return false
  try {
    return parseDuration(value as Duration, 'duration') > 0
  } catch {
    // The schema says what is wrong.
    return false
  }
}

function parseText(text: string): number {
  if (text.length > 100 || !TEXT.test(text)) return Number.NaN
  let sum = 0
  // TEXT has let through no other unit.
  for (const [, amount, unit] of text.matchAll(PART)) sum += Number(amount) * UNITS[unit as keyof typeof UNITS]
  return sum
}

function pair(milliseconds: number, large: keyof typeof UNITS, small: keyof typeof UNITS): string {
  const smalls = Math.round(milliseconds / UNITS[small])
  const perLarge = UNITS[large] / UNITS[small]
  const rest = smalls % perLarge
  return `${Math.floor(smalls / perLarge)}${large}${rest === 0 ? '' : ` ${rest}${small}`}`
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 60)}'`
  // An object may not be able to say what it is.
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

function advice(value: unknown): string {
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? ` (add a unit: '${value.trim()}s'?)` : ''
}
