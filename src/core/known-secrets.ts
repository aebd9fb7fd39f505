import { PolisError } from './error.ts'
import { REDACTED } from './secret.ts'

/** Secrets whose values are known, kept out of what others say: whoever was given one may repeat it. */
export interface KnownSecrets {
  add(value: string): void
  /** The text without them. */
  hide(text: string): string
  /** A copy of plain data in which no text has them. */
  hideIn<Value>(value: Value): Value
  /** The error without them, and without its cause, which may hold anything; the error itself while no secret is known. */
  hideInError(error: PolisError): PolisError
}

// A value of a few characters is no secret, and may stand anywhere.
const SHORTEST = 8
// Of those that are rotated, the last ones.
const MOST = 100

/** A keeper that knows none yet. */
export function createKnownSecrets(): KnownSecrets {
  const known = new Set<string>()
  const add = (value: string) => {
    // Secrets of several lines (keys in PEM) are repeated line by line.
    for (const line of [value, ...value.split(/\r?\n/)].map((text) => text.trim())) {
      if (line.length < SHORTEST) continue
      known.delete(line)
      known.add(line)
    }
    for (const oldest of known) {
      if (known.size <= MOST) break
      known.delete(oldest)
    }
  }
  const hide = (text: string) =>
    // The longest first: one may be part of another.
    [...known].sort((a, b) => b.length - a.length).reduce((all, secret) => all.replaceAll(secret, REDACTED), text)
  const hideIn = <Value>(value: Value): Value => (known.size === 0 ? value : (below(value, hide) as Value))
  return {
    add,
    hide,
    hideIn,
    hideInError: (error) => {
      if (known.size === 0) return error
      const { code, message, retryable, details, origin } = error
      const kept = { retryable, details: hideIn(details), ...(origin === undefined ? {} : { origin }) }
      return new PolisError(code, hide(message), kept)
    },
  }
}

function below(value: unknown, hide: (text: string) => string): unknown {
  if (typeof value === 'string') return hide(value)
  if (Array.isArray(value)) return value.map((item) => below(item, hide))
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [hide(name), below(item, hide)]))
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
