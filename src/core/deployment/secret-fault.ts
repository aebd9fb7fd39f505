/** What is wrong with an option of secrets. Its message never shows the value, which may be a secret in the wrong place. */
export interface SecretFault {
  readonly path: readonly string[]
  readonly message: string
}

/** What somebody says of secrets, each option of the right type. */
export interface GivenSecrets extends Readonly<Record<Purpose, Readonly<Record<string, string | true>>>> {
  readonly provider: 'reference' | 'external-secrets' | 'sealed-secrets'
  readonly store?: unknown
}

type Purpose = keyof typeof PURPOSES

/** By purpose, what its keys are: any environment variables, one file, or these and no others. */
const PURPOSES = {
  apiKeys: 'variables',
  database: 'variables',
  cloud: 'variables',
  jwt: 'file',
  access: 'file',
  redis: ['password'],
  redisServers: ['server', 'probe'],
  tls: ['tls.crt', 'tls.key'],
} as const

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/
const KEY = /^[-._A-Za-z0-9]{1,253}$/

/** Finds what does not fit together: keys and their purpose, values and their provider. */
export function secretFaults(secrets: GivenSecrets): readonly SecretFault[] {
  // Keys of the table.
  const purposes = Object.keys(PURPOSES) as Purpose[]
  return [
    ...storeFaults(secrets),
    ...purposes.flatMap((purpose) => [
      ...keyFaults(purpose, Object.keys(secrets[purpose])),
      ...Object.entries(secrets[purpose]).flatMap(([key, value]) => {
        const message = valueFault(secrets.provider, value)
        return message === undefined ? [] : [{ path: [purpose, key], message }]
      }),
    ]),
  ]
}

function storeFaults({ provider, store }: GivenSecrets): readonly SecretFault[] {
  if (provider !== 'external-secrets' || store !== undefined) return []
  const message =
    "expected the store that the operator reads, such as { name: 'vault', kind: 'ClusterSecretStore' }, since provider is 'external-secrets'"
  return [{ path: ['store'], message }]
}

function keyFaults(purpose: Purpose, keys: readonly string[]): readonly SecretFault[] {
  const expected = PURPOSES[purpose]
  if (keys.length === 0) return []
  if (expected === 'variables') {
    const message = 'expected the name of an environment variable: letters, digits and underscores'
    return keys.filter((key) => !VARIABLE.test(key)).map((key) => ({ path: [purpose, key], message }))
  }
  if (expected === 'file') {
    const isOne = keys.length === 1 && KEY.test(keys[0] ?? '')
    return isOne ? [] : [{ path: [purpose], message: 'expected one key, the name of a file' }]
  }
  const isWhole = keys.length === expected.length && expected.every((key) => keys.includes(key))
  return isWhole ? [] : [{ path: [purpose], message: `expected ${expected.join(' and ')}, got ${keys.join(', ')}` }]
}

function valueFault(provider: GivenSecrets['provider'], value: string | true): string | undefined {
  if (provider === 'reference') {
    if (value === true) return undefined
    return "expected true, since provider is 'reference': the Secret is made by others, and no value belongs here"
  }
  if (provider === 'external-secrets') {
    if (value !== true && /^[^#\s]+(#[^#\s]+)?$/.test(value)) return undefined
    return "expected its path in the store, with '#property' behind it where one of several is meant"
  }
  return value !== true && isSealed(value) ? undefined : 'expected what `kubeseal --raw` printed'
}

/** Bytes of the key that a value was sealed with (RSA of 2048 to 8192 bits), and of what tells whether it is whole. */
const KEY_BYTES: ReadonlySet<number> = new Set([256, 384, 512, 1024])
const TAG_BYTES = 16

// Two bytes say how long the encrypted session key is; behind it comes what it encrypts.
function isSealed(value: string): boolean {
  const bytes = Buffer.from(value, 'base64')
  if (bytes.toString('base64') !== value || bytes.length < 2) return false
  const length = bytes.readUInt16BE(0)
  return KEY_BYTES.has(length) && bytes.length > 2 + length + TAG_BYTES
}
