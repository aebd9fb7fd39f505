/** What happens to Redis and to the workers on it while they work. */
export const FAULTS = {
  'worker-killed': 'a worker dies (SIGKILL) while others live',
  'worker-paused': 'a worker stands still past its lease and wakes up (SIGSTOP, SIGCONT)',
  'link-cut': "a worker's network to Redis is cut past its lease, and heals",
  'redis-restarted': 'Redis dies (SIGKILL) and starts again from its append-only file, with durability `disk`',
  'primary-killed': 'the primary dies (SIGKILL) and Sentinel promotes a replica, with durability `replicated: 1`',
  'cluster-primary-killed':
    'the primary of a Cluster dies (SIGKILL) and its replica takes over, with durability `replicated: 1`',
  'memory-full': 'the memory of Redis is filled to its limit, and freed once all runs have ended',
} as const

export type Fault = keyof typeof FAULTS

/** All of them, in the order of the table. */
export const FAULT_NAMES = Object.keys(FAULTS) as readonly Fault[]
