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

/** The values of `--tag`, `name=value` each; INVALID_ARGUMENT for anything else. */
export function parseTags(given: readonly string[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(given.map(parseTag))
}

function parseTag(tag: string): [string, string] {
  const at = tag.indexOf('=')
  if (at > 0) return [tag.slice(0, at), tag.slice(at + 1)]
  throw new PolisError('INVALID_ARGUMENT', `--tag: expected NAME=VALUE, got '${tag}'`)
}

/** Collects the values of an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** A share of an option; INVALID_ARGUMENT unless it is a number from 0 to 1. */
export function parseShare(given: string, option: string): number {
  const value = /^\d+(?:\.\d+)?$/.test(given) ? Number(given) : Number.NaN
  if (value >= 0 && value <= 1) return value
  throw new PolisError('INVALID_ARGUMENT', `${option}: expected a number from 0 to 1, got '${given}'`)
}
