import type { LiveObject, ObjectRef } from '../api.ts'
import type { Health } from './health.ts'
import type { PodTrouble } from './pod.ts'

/** What is known of one object that is waited for. */
export interface ObjectFacts {
  readonly ref: ObjectRef
  /** Undefined where it is not there. */
  readonly live: LiveObject | undefined
  readonly health: Health
  /** Of its pods of the present template. */
  readonly troubles: readonly PodTrouble[]
}

/** What is remembered between two looks: since when each pod has its trouble, in milliseconds since the epoch. */
export type Memory = ReadonlyMap<string, number>

/** What whoever waits does next. */
export type Verdict =
  | { readonly kind: 'healthy'; readonly notes: readonly string[] }
  | { readonly kind: 'waiting'; readonly reasons: readonly Reason[]; readonly memory: Memory }
  | { readonly kind: 'failed'; readonly why: 'hopeless' | 'deadline'; readonly reasons: readonly Reason[] }

/** Why one object is not healthy. */
export interface Reason {
  readonly ref: ObjectRef
  readonly reason: string
  readonly troubles: readonly PodTrouble[]
}

/** How long a grave trouble may last, in milliseconds: a registry may stumble, and what a container needs may come a little later. */
const PATIENCE = 90_000

/** Decides from what is known. Pure: `now` and `deadline` in milliseconds since the epoch. */
export function verdictOf(facts: readonly ObjectFacts[], memory: Memory, now: number, deadline: number): Verdict {
  const reasons = facts.flatMap(reasonOf)
  if (reasons.length === 0) return { kind: 'healthy', notes: facts.flatMap(noteOf) }
  const since = remember(facts, memory, now)
  const hopeless = reasons.filter((reason) => isHopeless(reason, facts, since, now))
  if (hopeless.length > 0) return { kind: 'failed', why: 'hopeless', reasons: hopeless }
  if (now >= deadline) return { kind: 'failed', why: 'deadline', reasons }
  return { kind: 'waiting', reasons, memory: since }
}

function reasonOf({ ref, live, health, troubles }: ObjectFacts): readonly Reason[] {
  if (live === undefined) return [{ ref, reason: 'is not there', troubles }]
  return health.kind === 'healthy' ? [] : [{ ref, reason: health.reason, troubles }]
}

function noteOf({ ref, health }: ObjectFacts): readonly string[] {
  return health.kind === 'healthy' && health.note !== undefined ? [`${ref.kind} ${ref.name} ${health.note}`] : []
}

function remember(facts: readonly ObjectFacts[], memory: Memory, now: number): Memory {
  const grave = facts.flatMap(({ troubles }) => troubles.filter(({ severity }) => severity === 'grave'))
  return new Map(grave.map((trouble) => [trouble.pod, memory.get(trouble.pod) ?? now]))
}

function isHopeless(reason: Reason, facts: readonly ObjectFacts[], since: Memory, now: number): boolean {
  const own = facts.find(({ ref }) => ref === reason.ref)
  if (own?.health.kind === 'failed') return true
  return reason.troubles.some(
    ({ pod, severity }) =>
      severity === 'hopeless' || (severity === 'grave' && now - (since.get(pod) ?? now) >= PATIENCE),
  )
}
