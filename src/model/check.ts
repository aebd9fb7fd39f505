import { PolisError } from '../core/error.ts'
import type { ModelsConfig } from './config.ts'
import { addressOf } from './provider/address.ts'
import { createProvider, type Provider, type ProviderDependencies } from './provider/create-provider.ts'
import type { RemoteConfig } from './provider/open.ts'
import { providersOf } from './usual.ts'

/** What is found out about one provider. */
export interface ProviderCheck {
  readonly provider: string
  readonly ok: boolean
  /** On one line. */
  readonly detail: string
  readonly advice?: string
}

/** What checking needs. */
export interface CheckOptions extends ProviderDependencies {
  /** Whether to ask the providers themselves; it costs nothing. */
  readonly online: boolean
  readonly signal: AbortSignal
}

/** Checks each provider of a project: that its key is there and, online, that it answers and takes the key. Never rejects. */
export async function* checkProviders(config: ModelsConfig, options: CheckOptions): AsyncGenerator<ProviderCheck> {
  const providers = Object.entries(providersOf(config, options.secrets.env))
  // Side by side, so that one that does not answer takes no time from the others.
  const checks = providers.map(([name, it]) => check(createProvider(name, it, options), options))
  for (const found of checks) yield await found
}

async function check(provider: Provider, { online, fetch, signal }: CheckOptions): Promise<ProviderCheck> {
  const { name, config } = provider
  if (config.kind === 'scripted') {
    const { length } = config.script.rules
    return { provider: name, ok: true, detail: `answers from a script of ${length} ${length === 1 ? 'rule' : 'rules'}` }
  }
  try {
    const { apiKey, headers } = await provider.access()
    const key = apiKey === undefined ? 'no key' : `key from ${provider.keySource}`
    const base = { provider: name, detail: `${config.kind}, ${key}` }
    if (!online) return { ...base, ok: true }
    const url = `${addressOf(config)}${config.kind === 'azure' && config.baseUrl === undefined ? '/v1' : ''}/models`
    const response = await fetch(url, {
      headers: { ...keyHeaders(config.kind, apiKey), ...headers },
      redirect: 'manual',
      signal,
    })
    await response.body?.cancel()
    return judge(base, response.status, url)
  } catch (reason) {
    const { code, message } = PolisError.from(reason, 'UNREACHABLE')
    if (code === 'MODEL_FAILED')
      return { provider: name, ok: false, detail: message, advice: 'Agents that use it fail until then' }
    const advice = 'Check the network and baseUrl; agents that use it fail until it answers'
    return { provider: name, ok: false, detail: `${config.kind}, ${addressOf(config)} cannot be reached`, advice }
  }
}

function judge(base: Pick<ProviderCheck, 'provider' | 'detail'>, status: number, url: string): ProviderCheck {
  if (status < 300) return { ...base, ok: true, detail: `${base.detail}, answers` }
  if (status === 401 || status === 403) {
    return {
      ...base,
      ok: false,
      detail: `${base.detail}, which it does not accept (${status})`,
      advice: 'Correct the key',
    }
  }
  // Not every server lists its models; it is there, and took the key.
  if (status === 404 || status === 405)
    return { ...base, ok: true, detail: `${base.detail}, answers (no list of models)` }
  return {
    ...base,
    ok: false,
    detail: `${base.detail}, ${url} answers ${status}`,
    advice: 'Check baseUrl, or wait until it is well again',
  }
}

function keyHeaders(kind: RemoteConfig['kind'], apiKey: string | undefined): Readonly<Record<string, string>> {
  if (apiKey === undefined) return {}
  if (kind === 'anthropic') return { 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' }
  return kind === 'azure' ? { 'api-key': apiKey } : { authorization: `Bearer ${apiKey}` }
}
