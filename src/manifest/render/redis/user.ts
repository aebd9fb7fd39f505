import { AGENTS_USER } from '../../plan/redis.ts'
import type { Plan } from '../../plan.ts'

/** What agents, Redis' servers and probes may do, as lines of a name and its rights: the passwords are added where they start. */
export interface Users {
  readonly redis: readonly string[]
  readonly sentinel: readonly string[]
}

/** Of a connection: who it is, what the server can keep, its time, messages, confirmations, and calls of the library. */
const CONNECTION = [
  ...['client|setname', 'ping', 'time', 'info', 'config|get', 'wait', 'publish', 'subscribe', 'unsubscribe'],
  ...['function|list', 'function|load', 'fcall', 'eval'],
]

/** What the library calls on its keys. */
const DATA = [
  ...['dbsize', 'del', 'exists', 'get', 'hdel', 'hexists', 'hget', 'hgetall', 'hincrby', 'hkeys', 'hlen', 'hmget'],
  ...['hscan', 'hset', 'hsetnx', 'hvals', 'incr', 'lindex', 'llen', 'lpop', 'lrange', 'lrem', 'ltrim'],
  ...[
    'memory|usage',
    'mget',
    'mset',
    'rename',
    'rpush',
    'sadd',
    'scan',
    'scard',
    'set',
    'sismember',
    'smembers',
    'spop',
    'srem',
    'strlen',
  ],
  ...['type', 'unlink', 'zadd', 'zcard', 'zcount', 'zrange', 'zrangebyscore', 'zrem', 'zremrangebyscore'],
  ...['zrevrange', 'zscore'],
]

/** Replication, what Sentinel does with servers, and what the scripts ask of them. */
const SERVER = [
  ...['ping', 'info', 'psync', 'replconf', 'role', 'publish', 'subscribe', 'multi', 'exec', 'slaveof', 'replicaof'],
  ...['config|rewrite', 'config|set', 'client|setname', 'client|kill', 'client|pause', 'client|unpause', 'script|kill'],
]

/** What Sentinels ask one another, and the scripts of servers ask them. */
const SENTINEL = [
  ...['sentinel|is-master-down-by-addr', 'sentinel|get-master-addr-by-name', 'sentinel|master', 'sentinel|failover'],
]

/** The commands that the user of agents may call. */
export const AGENTS_COMMANDS: readonly string[] = [...CONNECTION, ...DATA]

/** Who may do what, and no more. Nobody gets in without a password. */
export function usersOf({ settings }: Pick<Plan, 'settings'>): Users {
  const own = `{${settings['redis.prefix']}:*`
  return {
    redis: [
      `${AGENTS_USER} ~${own} &${own} ${allowed(AGENTS_COMMANDS)}`,
      `server allchannels ${allowed(SERVER)}`,
      `probe ${allowed(['ping', 'info', 'role'])}`,
    ],
    sentinel: [
      `${AGENTS_USER} ${allowed(['ping', 'sentinel|get-master-addr-by-name', 'sentinel|master', 'sentinel|sentinels'])}`,
      `server allchannels ${allowed(['ping', 'client|setname', 'publish', ...SENTINEL])}`,
      `probe ${allowed(['ping'])}`,
    ],
  }
}

function allowed(commands: readonly string[]): string {
  return commands.map((command) => `+${command}`).join(' ')
}
