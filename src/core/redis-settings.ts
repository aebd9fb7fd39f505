import { parseHostPort } from './host-port.ts'
import type { ValueOf } from './setting.ts'
import type { SETTINGS } from './setting-table.ts'

type Settings = { readonly [Key in keyof typeof SETTINGS]: ValueOf<(typeof SETTINGS)[Key]> }

/** The settings that say where runs are kept. */
type StoreChoice = Pick<Settings, 'store.adapter' | 'redis.host' | 'redis.sentinels' | 'redis.cluster.nodes'>

/** The store that the settings choose: `auto` is `redis` where they name a server of it. */
export function storeAdapter(settings: StoreChoice): 'sqlite' | 'redis' {
  const { 'store.adapter': adapter } = settings
  if (adapter !== 'auto') return adapter
  return namesRedis(settings) ? 'redis' : 'sqlite'
}

/** What is wrong with the settings of Redis taken together, one line each. */
export function redisFaults(settings: Settings): string[] {
  return [...placeFaults(settings), ...addressFaults(settings), ...secretFaults(settings)]
}

function namesRedis(settings: StoreChoice): boolean {
  return (
    settings['redis.host'] !== undefined ||
    settings['redis.sentinels'].length > 0 ||
    settings['redis.cluster.nodes'].length > 0
  )
}

function placeFaults(settings: Settings): string[] {
  const { 'redis.sentinels': sentinels, 'redis.sentinel_name': name } = settings
  const { 'redis.cluster.enabled': cluster, 'redis.cluster.nodes': nodes } = settings
  const faults: string[] = []
  if (storeAdapter(settings) === 'sqlite' && settings['store.durability'] === 'replicated') {
    faults.push(
      'store.durability: expected process or disk for the embedded store, which has no replicas, got replicated',
    )
  }
  if (storeAdapter(settings) === 'redis' && !namesRedis(settings)) {
    faults.push('redis.host: expected the host of the Redis store (store.adapter is redis), got none')
  }
  if (sentinels.length > 0 && name === undefined) {
    faults.push('redis.sentinel_name: expected the name under which the sentinels know the primary, got none')
  }
  if (sentinels.length > 0 && cluster) {
    faults.push('redis.sentinels: expected none where redis.cluster.enabled is true: a Cluster needs no sentinels')
  }
  if (nodes.length > 0 && !cluster) {
    faults.push('redis.cluster.nodes: expected none unless redis.cluster.enabled is true')
  }
  return faults
}

function addressFaults(settings: Settings): string[] {
  const prefix = settings['redis.prefix']
  const named = /^[\w.:-]{1,64}$/.test(prefix)
    ? []
    : [`redis.prefix: expected letters, digits and . _ : - (at most 64), got '${prefix.slice(0, 80)}'`]
  const addresses = (['redis.sentinels', 'redis.cluster.nodes'] as const).flatMap((key) =>
    settings[key]
      .filter((text) => parseHostPort(text) === undefined)
      .map((text) => `${key}: expected host:port, got '${text.slice(0, 80)}'`),
  )
  return [...named, ...addresses]
}

function secretFaults(settings: Settings): string[] {
  const faults: string[] = []
  if (settings['redis.password'] !== undefined && settings['redis.password_file'] !== undefined) {
    faults.push('redis.password_file: expected either it or redis.password, got both')
  }
  if ((settings['redis.ssl.cert_file'] === undefined) !== (settings['redis.ssl.key_file'] === undefined)) {
    faults.push('redis.ssl.key_file: expected both it and redis.ssl.cert_file or neither, got one')
  }
  const files = (['redis.ssl.ca_file', 'redis.ssl.cert_file', 'redis.ssl.server_name'] as const).filter(
    (key) => settings[key] !== undefined,
  )
  if (files[0] !== undefined && !settings['redis.ssl.enabled']) {
    faults.push(`${files[0]}: expected none unless redis.ssl.enabled is true`)
  }
  return faults
}
