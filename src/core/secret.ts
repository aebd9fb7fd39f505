/** Every API key that this project issues begins with this, so that one can be recognised wherever it turns up. */
export const API_KEY_PREFIX = 'polis_'

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]'

const SECRET_NAMES =
  /^(.*[-_.])?(authorization|cookie|password|passwd|passphrase|secret|token|credentials?|api[-_]?keys?|private[-_]?key|secret[-_]?key|access[-_]?key)$/i
const CAMEL_HUMP = /([a-z0-9])([A-Z])/g

// Our own keys, bearer credentials, JSON Web Tokens, passwords within URLs, and the usual provider keys.
const SECRET_TEXT =
  /\bpolis_[\w-]{16,}|\b(?<scheme>Bearer|Basic) +[\w.~+/=-]{8,}|\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*|(?<=:\/\/[^\s/:@]{0,64}:)[^\s/@]+(?=@)|\bsk-[\w-]{16,}/g

const DEEPEST = 20

/** Whether a field of this name holds a secret (`password`, `apiKey`, `x-api-key`, `refresh_token`); counts such as `tokens` do not. */
export function isSecretName(name: string): boolean {
  return SECRET_NAMES.test(name.replace(CAMEL_HUMP, '$1_$2'))
}

/** The text with everything that looks like a secret replaced. */
export function redactText(text: string): string {
  return text.replace(SECRET_TEXT, (...match) => {
    // The last argument is the named groups, since the pattern has some.
    const { scheme } = match.at(-1) as { readonly scheme?: string }
    return scheme === undefined ? REDACTED : `${scheme} ${REDACTED}`
  })
}

/** A copy of plain data in which the values of secret names, and texts that look like secrets, are replaced; cycles and depth over 20 are cut. */
export function redact(value: unknown): unknown {
  return redactBelow(value, [])
}

function redactBelow(value: unknown, above: readonly object[]): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value !== 'object' || value === null) return value
  if (above.includes(value)) return '[cycle]'
  if (above.length > DEEPEST) return '[too deep]'
  const path = [...above, value]
  if (Array.isArray(value)) return value.map((item) => redactBelow(item, path))
  if (!isPlain(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, isSecretName(name) ? REDACTED : redactBelow(item, path)]),
  )
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
