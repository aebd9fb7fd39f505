import type { Facts } from './facts.ts'
import type { Kept, Place } from './options.ts'

/** What follows a commit until its durability is reached: nothing, an fsync, or so many replicas. */
export type Confirmation =
  | { readonly kind: 'none' }
  | { readonly kind: 'fsync' }
  | { readonly kind: 'replicas'; readonly count: number }

/** Whether a server can keep what is asked of it. */
export interface Judgement {
  /** Why it cannot; each says what was expected, what is there, and what to do. */
  readonly faults: readonly string[]
  /** What is risky, or could not be looked at. */
  readonly warnings: readonly string[]
  readonly confirmation: Confirmation
}

/** Judges a primary by what it says of itself. Pure. */
export function judge(facts: Facts, kept: Kept, place: Place['kind']): Judgement {
  return {
    faults: [...serverFaults(facts, place), ...diskFaults(facts, kept)],
    warnings: [...memoryWarnings(facts), ...keepingWarnings(facts, kept, place)],
    confirmation: confirmationOf(facts, kept),
  }
}

function serverFaults(facts: Facts, place: Place['kind']): string[] {
  const faults: string[] = []
  if (!atLeast(facts.version, 7, 0)) faults.push(`expected Redis 7.0 or later, got ${facts.version}: upgrade it`)
  if (facts.role !== 'master') {
    faults.push(
      `expected a primary, got a replica of ${facts.primary ?? 'another'}: name the primary, or redis.sentinels`,
    )
  }
  if (facts.cluster && place !== 'cluster') {
    faults.push('expected a single server, got a node of a Cluster: set redis.cluster.enabled to true')
  }
  if (!facts.cluster && place === 'cluster') {
    faults.push('expected a node of a Cluster, got a single server: set redis.cluster.enabled to false')
  }
  if (facts.policy !== 'noeviction') {
    faults.push(
      `expected maxmemory-policy noeviction, got ${facts.policy}: Redis would drop runs when it is full; set it in redis.conf`,
    )
  }
  return faults
}

function diskFaults(facts: Facts, kept: Kept): string[] {
  if (kept.kind !== 'disk') return []
  if (!facts.aof)
    return ['expected appendonly yes for store.durability disk, got no: set it, or store.durability to process']
  if (hasWaitAof(facts) || facts.config === undefined) return []
  const { appendfsync, noFsyncOnRewrite } = facts.config
  if (appendfsync !== 'always') {
    return [
      `expected appendfsync always for store.durability disk, got ${appendfsync}: set it, upgrade to Redis 7.2, or set store.durability to process`,
    ]
  }
  if (noFsyncOnRewrite) {
    return ['expected no-appendfsync-on-rewrite no for store.durability disk, got yes: set it to no']
  }
  return []
}

function memoryWarnings(facts: Facts): string[] {
  if (facts.maxmemory > 0) return []
  return ['no maxmemory is set, so that the machine may kill Redis when memory runs out: set it to what Redis may use']
}

function keepingWarnings(facts: Facts, kept: Kept, place: Place['kind']): string[] {
  const { config } = facts
  const warnings: string[] = []
  if (config === undefined) {
    const unseen =
      kept.kind === 'disk' && !hasWaitAof(facts) ? 'appendfsync, on which store.durability disk rests, ' : ''
    warnings.push(`CONFIG GET is not allowed, so that ${unseen}min-replicas-to-write and save could not be looked at`)
  }
  if (!facts.aof) {
    const persistence = config === undefined || config.save !== '' ? 'what came after its last snapshot' : 'every run'
    warnings.push(`appendonly is no: a restart of Redis loses ${persistence}; set it to yes`)
  }
  if (kept.kind === 'disk' && confirmationOf(facts, kept).kind === 'fsync') {
    warnings.push(
      `appendfsync is ${config?.appendfsync ?? 'not known'}: commits may wait a second for it; set it to always`,
    )
  }
  if (kept.kind === 'replicated') warnings.push(...replicaWarnings(facts, kept.replicas))
  else if (place !== 'standalone' && facts.replicas > 0) {
    warnings.push(
      `store.durability is ${kept.kind}: a failover to a replica may lose the last commits; set it to replicated`,
    )
  }
  return warnings
}

function replicaWarnings({ replicas, config }: Facts, wanted: number): string[] {
  const warnings: string[] = []
  if (replicas < wanted) {
    warnings.push(
      `only ${replicas} of the ${wanted} replicas that each commit needs are connected: commits are refused until then`,
    )
  }
  if (config !== undefined && config.minReplicas < wanted) {
    warnings.push(
      `min-replicas-to-write is ${config.minReplicas}: a primary that is cut off goes on taking what it cannot keep; set it to ${wanted}`,
    )
  }
  return warnings
}

function confirmationOf(facts: Facts, kept: Kept): Confirmation {
  if (kept.kind === 'replicated') return { kind: 'replicas', count: kept.replicas }
  if (kept.kind === 'process' || !facts.aof) return { kind: 'none' }
  // Under `always` the reply itself comes after the fsync, unless a rewrite of the file puts it off.
  const always = facts.config?.appendfsync === 'always' && !facts.config.noFsyncOnRewrite
  return !always && hasWaitAof(facts) ? { kind: 'fsync' } : { kind: 'none' }
}

function hasWaitAof(facts: Facts): boolean {
  return atLeast(facts.version, 7, 2)
}

function atLeast(version: string, major: number, minor: number): boolean {
  const [ours = 0, least = 0] = version.split('.').map(Number)
  return ours > major || (ours === major && least >= minor)
}
