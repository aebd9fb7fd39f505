import { PolisError } from '../core/error.ts'

const DEFAULT = 20
const LARGEST = 200

/** The value of `--limit`; INVALID_ARGUMENT unless it is a whole number from 1 to 200. */
export function parseLimit(given: string | undefined): number {
  return given === undefined ? DEFAULT : parseWhole(given, '--limit', 1, LARGEST)
}

/** A whole number of an option; INVALID_ARGUMENT outside its bounds. */
export function parseWhole(given: string, option: string, least: number, largest: number): number {
  const value = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN
  if (value >= least && value <= largest) return value
  throw new PolisError(
    'INVALID_ARGUMENT',
    `${option}: expected a whole number from ${least} to ${largest}, got '${given}'`,
  )
}

/** Collects the values of an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}
