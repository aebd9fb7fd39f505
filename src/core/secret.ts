/** Every API key that this project issues begins with this, so that one can be recognised wherever it turns up. */
export const API_KEY_PREFIX = 'polis_'

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]'

const SECRET_NAMES =
  /^(.*[-_.])?(authorization|cookie|password|passwd|passphrase|secret|token|credentials?|api[-_]?keys?|private[-_]?key|secret[-_]?key|access[-_]?key)$/i
const CAMEL_HUMP = /([a-z0-9])([A-Z])/g

// Our own keys, bearer credentials, JSON Web Tokens, passwords and keys within URLs, and the usual provider keys.
const SECRET_TEXT =
  /\bpolis_[\w-]{16,}|\b(?<scheme>Bearer|Basic) +[\w.~+/=-]{8,}|\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*|(?<=:\/\/[^\s/:@]{0,64}:)[^\s/@]+(?=@)|(?<=[?&](?i:[\w-]*(?:key|token|secret|password|sig|signature))=)[^\s&#"'<>)]+|\bsk-[\w-]{16,}/g

const DEEPEST = 20
// What is shorter may be a common word (a password of a test database).
const SHORTEST = 12
const remembered = new Set<string>()

/** Whether a field of this name holds a secret (`password`, `apiKey`, `x-api-key`, `refresh_token`); counts such as `tokens` do not. */
export function isSecretName(name: string): boolean {
  return SECRET_NAMES.test(name.replace(CAMEL_HUMP, '$1_$2'))
}

/**
 * Has `redactText` replace the values of those variables whose names say that they are secrets (`OPENAI_API_KEY`), for as long as this
 * thread lives: a library or a provider may repeat any of them in the text of an error.
 */
export function rememberSecrets(env: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(env)) {
    if (isSecretName(name) || /_KEY$/i.test(name)) rememberSecret(value ?? '')
  }
}

/** Has `redactText` replace this value of 12 characters or more. */
export function rememberSecret(value: string): void {
  const secret = value.trim()
  if (secret.length >= SHORTEST) remembered.add(secret)
}

/** The text with everything that looks like a secret, or is one that is remembered, replaced. */
export function redactText(text: string): string {
  const unknown = [...remembered].reduce((all, secret) => all.replaceAll(secret, REDACTED), text)
  return unknown.replace(SECRET_TEXT, (...match) => {
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
