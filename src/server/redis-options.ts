import { resolve } from 'node:path'
import { type HostPort, parseHostPort } from '../core/host-port.ts'
import type { Settings } from '../core/settings.ts'
import type { Kept, LinkOptions, LoginOptions, Place, TlsOptions } from '../store/redis/link/options.ts'

/** What the settings say of Redis, for its link; files are relative to the project's folder. */
export function redisOptions(
  dir: string,
  settings: Settings,
): Pick<LinkOptions, 'place' | 'login' | 'tls' | 'kept' | 'prefix' | 'timeout'> {
  const tls = settings['redis.ssl.enabled'] ? { tls: tlsOf(dir, settings) } : {}
  return {
    ...{ place: placeOf(dir, settings), login: loginOf(dir, settings), ...tls, kept: keptOf(settings) },
    prefix: settings['redis.prefix'],
    timeout: settings['redis.timeout'] * 1000,
  }
}

function placeOf(dir: string, settings: Settings): Place {
  const { 'redis.sentinels': sentinels, 'redis.sentinel_name': name = '' } = settings
  const address = { host: settings['redis.host'] ?? '', port: settings['redis.port'] }
  if (settings['redis.cluster.enabled']) {
    const nodes = addressesOf(settings['redis.cluster.nodes'])
    return { kind: 'cluster', nodes: nodes.length === 0 ? [address] : nodes }
  }
  if (sentinels.length === 0) return { kind: 'standalone', address }
  const login = {
    ...given('username', settings['redis.sentinel_username']),
    ...given('passwordFile', inside(dir, settings['redis.sentinel_password_file'])),
  }
  return { kind: 'sentinel', sentinels: addressesOf(sentinels), name, login }
}

// What is no address was refused when the settings were read.
function addressesOf(texts: readonly string[]): readonly HostPort[] {
  return texts.flatMap((text) => parseHostPort(text) ?? [])
}

function loginOf(dir: string, settings: Settings): LoginOptions {
  return {
    ...given('username', settings['redis.username']),
    ...given('password', settings['redis.password']),
    ...given('passwordFile', inside(dir, settings['redis.password_file'])),
  }
}

function tlsOf(dir: string, settings: Settings): TlsOptions {
  return {
    ...given('caFile', inside(dir, settings['redis.ssl.ca_file'])),
    ...given('certFile', inside(dir, settings['redis.ssl.cert_file'])),
    ...given('keyFile', inside(dir, settings['redis.ssl.key_file'])),
    ...given('serverName', settings['redis.ssl.server_name']),
  }
}

function keptOf(settings: Settings): Kept {
  const kind = settings['store.durability']
  return kind === 'replicated' ? { kind, replicas: settings['redis.replicas'] } : { kind }
}

function inside(dir: string, file: string | undefined): string | undefined {
  return file === undefined ? undefined : resolve(dir, file)
}

function given<K extends string>(key: K, value: string | undefined): { readonly [key in K]?: string } {
  // One key with the value, or none: TypeScript cannot tell that of a computed key.
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: string }
}
