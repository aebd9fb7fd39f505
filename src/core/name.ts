import { PolisError } from './error.ts'

/** The tenant of everything in a deployment that names none. */
export const DEFAULT_TENANT = 'default'

const RUN_ID = /^run_[0-7][0-9a-hjkmnp-tv-z]{25}$/
const NAME = /^[a-z][a-z0-9_-]{0,62}$/i
const TENANT = /^[a-z0-9][a-z0-9_-]{0,62}$/i
const KEY = /^[\x21-\x7e]{1,255}$/

/** What a name must look like, in words for error messages. */
export const NAME_RULE = 'a letter, then up to 62 letters, digits, hyphens or underscores'

/** Whether it has the form of a run's id (it says nothing of whether the run exists). */
export function isRunId(value: unknown): value is string {
  return typeof value === 'string' && RUN_ID.test(value)
}

/** Whether it can name an agent, a step, a branch, a server or a schedule: `NAME_RULE`. Slashes and dots are kept free for paths. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value)
}

/** Whether it can name a tenant: as a name, but it may begin with a digit. */
export function isTenant(value: unknown): value is string {
  return typeof value === 'string' && TENANT.test(value)
}

/** Whether it can be a key that a client chose (a session, an idempotency key): 1 to 255 printable ASCII characters without spaces. */
export function isKey(value: unknown): value is string {
  return typeof value === 'string' && KEY.test(value)
}

/** The name, if it is one; else INVALID_ARGUMENT, with `what` saying what it was to name (`step name`). */
export function assertName(value: unknown, what: string): string {
  if (isName(value)) return value
  throw new PolisError('INVALID_ARGUMENT', `Expected the ${what} to be ${NAME_RULE}, got ${show(value)}`)
}

function show(value: unknown): string {
  if (typeof value !== 'string') return value === null ? 'null' : typeof value
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
}
