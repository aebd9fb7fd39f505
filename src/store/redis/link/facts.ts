import { isReply } from './failure.ts'
import type { Socket } from './socket.ts'

/** What a server says of itself; undefined where it would not say. */
export interface Facts {
  /** `7.0.15`; of Valkey, the version of Redis that it claims to be. */
  readonly version: string
  readonly isValkey: boolean
  readonly role: string
  /** The primary of a replica, `host:port`. */
  readonly primary: string | undefined
  readonly loading: boolean
  readonly cluster: boolean
  readonly replicas: number
  readonly aof: boolean
  readonly policy: string
  readonly maxmemory: number
  readonly config: ConfigFacts | undefined
}

/** What only CONFIG tells, which managed services forbid. */
export interface ConfigFacts {
  readonly appendfsync: string
  readonly noFsyncOnRewrite: boolean
  readonly minReplicas: number
  readonly save: string
}

/** Asks a server for all that bears on what it can keep. */
export async function readFacts(socket: Socket): Promise<Facts> {
  const [info, config] = await Promise.all([socket.send('info'), readConfig(socket)])
  const of = parseInfo(String(info))
  const has = (name: string) => of.get(name) === '1'
  return {
    version: of.get('redis_version') ?? '0',
    isValkey: of.get('server_name') === 'valkey',
    role: of.get('role') ?? '',
    primary: of.has('master_host') ? `${of.get('master_host')}:${of.get('master_port')}` : undefined,
    loading: has('loading'),
    cluster: has('cluster_enabled'),
    replicas: Number(of.get('connected_slaves') ?? 0),
    aof: has('aof_enabled'),
    policy: of.get('maxmemory_policy') ?? '',
    maxmemory: Number(of.get('maxmemory') ?? 0),
    config,
  }
}

/** How full the server is, 0 to 1, by what INFO says of its memory; 0 where no maxmemory is set. */
export function fillOf(info: string): number {
  const of = parseInfo(info)
  const [used = 0, uncounted = 0, most = 0] = ['used_memory', 'mem_not_counted_for_evict', 'maxmemory'].map((name) =>
    Number(of.get(name) ?? 0),
  )
  return most === 0 ? 0 : Math.max(0, used - uncounted) / most
}

async function readConfig(socket: Socket): Promise<ConfigFacts | undefined> {
  const names = ['appendfsync', 'no-appendfsync-on-rewrite', 'min-replicas-to-write', 'save']
  try {
    const pairs = (await socket.send('config', 'get', ...names)) as readonly Buffer[]
    const of = new Map<string, string>()
    for (let at = 0; at + 1 < pairs.length; at += 2) of.set(String(pairs[at]), String(pairs[at + 1]))
    // A managed service may answer with nothing, rather than refuse.
    if (of.size === 0) return undefined
    return {
      appendfsync: of.get('appendfsync') ?? '',
      noFsyncOnRewrite: of.get('no-appendfsync-on-rewrite') === 'yes',
      minReplicas: Number(of.get('min-replicas-to-write') ?? 0),
      save: of.get('save') ?? '',
    }
  } catch (reason) {
    // The command is unknown, renamed or not allowed.
    if (isReply(reason)) return undefined
    throw reason
  }
}

function parseInfo(info: string): ReadonlyMap<string, string> {
  return new Map([...info.matchAll(/^([^#:\r\n]+):([^\r\n]*)/gm)].map(([, name = '', value = '']) => [name, value]))
}
