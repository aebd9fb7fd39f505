import type { Clock } from '../../core/clock.ts'
import { parseDuration } from '../../core/duration.ts'
import type { SecretSource } from '../../core/secret-value.ts'
import type { Backend } from '../backend.ts'
import type { ProviderConfig } from '../config.ts'
import { type Breaker, createBreaker } from '../guard/breaker.ts'
import { createLimits, type Limits } from '../guard/limits.ts'
import type { Timeouts } from '../guard/watch.ts'
import { createScripted } from '../scripted/create-scripted.ts'
import { openAnthropic } from './anthropic.ts'
import { openAzure } from './azure.ts'
import { createRemote } from './create-remote.ts'
import { createKeyring, type Keyring } from './keyring.ts'
import type { Opener, RemoteConfig } from './open.ts'
import { openOpenAI } from './openai.ts'
import { openCompatible } from './openai-compatible.ts'

/** One provider of a project, with what guards it. */
export interface Provider {
  readonly name: string
  readonly config: ProviderConfig
  readonly backend: Backend
  readonly breaker: Breaker
  readonly limits: Limits
  readonly timeouts: Timeouts
  /** Where its key comes from, for people. */
  readonly keySource: string
  /** What must not be shown. */
  secrets(): readonly string[]
  /** Its key and headers, read anew; rejects with MODEL_FAILED that says what is missing. */
  access(): ReturnType<Keyring['read']>
}

/** What providers work with. */
export interface ProviderDependencies {
  readonly clock: Clock
  readonly secrets: SecretSource
  readonly fetch: typeof globalThis.fetch
}

const TIMEOUTS = { total: '10m', firstToken: '2m', betweenTokens: '1m' } as const
const FAILURES = 5
const COOLDOWN = '30s'

/** A provider as it is configured; nothing is connected, and no key is read, before its first call. */
export function createProvider(name: string, config: ProviderConfig, dependencies: ProviderDependencies): Provider {
  const { clock } = dependencies
  const { timeouts = {}, limits = {}, breaker = {} } = config
  const option = `models.providers.${name}`
  const limit = (key: keyof Timeouts) => parseDuration(timeouts[key] ?? TIMEOUTS[key], `${option}.timeouts.${key}`)
  const { failures = FAILURES, cooldown = COOLDOWN } = breaker
  return {
    name,
    config,
    ...createBackend(name, config, dependencies),
    breaker: createBreaker({ failures, cooldown: parseDuration(cooldown, `${option}.breaker.cooldown`), clock }),
    limits: createLimits({ ...limits, clock }),
    timeouts: {
      total: limit('total'),
      firstToken: limit('firstToken'),
      betweenTokens: limit('betweenTokens'),
    },
  }
}

function createBackend(
  name: string,
  config: ProviderConfig,
  { clock, secrets, fetch }: ProviderDependencies,
): Pick<Provider, 'backend' | 'keySource' | 'secrets' | 'access'> {
  if (config.kind === 'scripted') {
    const pace = config.pace === undefined ? 0 : parseDuration(config.pace, `models.providers.${name}.pace`)
    const backend = createScripted({ script: config.script, clock, pace })
    const access = async () => ({ apiKey: undefined, headers: {} })
    return { backend, keySource: 'the script', secrets: () => [], access }
  }
  const opener = openerOf(config)
  const keyring = createKeyring(name, config, opener.keyVariable, secrets)
  const backend = createRemote(opener, keyring, fetch)
  return { backend, keySource: keyring.source, secrets: keyring.secrets, access: keyring.read }
}

function openerOf(config: RemoteConfig): Opener {
  switch (config.kind) {
    case 'openai':
      return openOpenAI(config)
    case 'anthropic':
      return openAnthropic(config)
    case 'azure':
      return openAzure(config)
    case 'openai-compatible':
      return openCompatible(config)
  }
}
