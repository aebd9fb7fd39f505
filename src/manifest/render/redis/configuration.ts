import type { Plan } from '../../plan.ts'
import type { Parts } from './part.ts'

/** How long a primary that says nothing counts as alive, and how long a failover may take (ms). */
const DOWN_AFTER = 5000
const FAILOVER_WITHIN = 20_000

/** Seconds after which a replica that says nothing does not count for `min-replicas-to-write`. */
const REPLICA_LAG = 10

/** Part of the data's room that replicas which were away are brought up to date from. */
const BACKLOG_SHARE = 1 / 16
const LEAST_BACKLOG = 2 ** 20

/** The lines of redis.conf that are the same for every server; what differs, and what is secret, is added where it starts. */
export function redisConfiguration({ settings }: Plan, { redis, spec }: Parts): readonly string[] {
  const { 'store.durability': durability, 'redis.replicas': confirming } = settings
  const backlog = Math.max(LEAST_BACKLOG, Math.floor(redis.maxmemory * BACKLOG_SHARE))
  return [
    // Everyone logs in, so that where somebody comes from does not matter.
    ...['protected-mode no', 'tcp-keepalive 60', 'databases 1', 'loglevel notice'],
    ...[`maxmemory ${redis.maxmemory}`, 'maxmemory-policy noeviction'],
    ...[
      'appendonly yes',
      `appendfsync ${durability === 'disk' ? 'always' : 'everysec'}`,
      'no-appendfsync-on-rewrite no',
    ],
    // The append-only file holds more than any snapshot.
    "save ''",
    ...['repl-diskless-sync yes', 'repl-diskless-sync-delay 1', `repl-backlog-size ${backlog}`],
    ...(spec.replicas > 1 ? [`repl-diskless-sync-max-replicas ${spec.replicas - 1}`] : []),
    ...(durability === 'replicated'
      ? [`min-replicas-to-write ${confirming}`, `min-replicas-max-lag ${REPLICA_LAG}`]
      : []),
    'shutdown-timeout 10',
  ]
}

/** The lines of sentinel.conf that every Sentinel has. */
export function sentinelConfiguration({ redis }: Pick<Parts, 'redis'>): readonly string[] {
  return [
    ...['protected-mode no', 'loglevel notice'],
    // Addresses of pods change, their names do not.
    ...['sentinel resolve-hostnames yes', 'sentinel announce-hostnames yes', 'sentinel deny-scripts-reconfig yes'],
    ...[
      `sentinel down-after-milliseconds ${redis.primary} ${DOWN_AFTER}`,
      `sentinel failover-timeout ${redis.primary} ${FAILOVER_WITHIN}`,
      `sentinel parallel-syncs ${redis.primary} 1`,
    ],
  ]
}
