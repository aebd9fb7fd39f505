import { type ClusterApi, keyOf, type LiveObject, type ObjectRef, refOf } from '../api.ts'
import type { Health } from '../health/health.ts'
import { observe, warningsIn } from '../health/observe.ts'
import { podTrouble, timeOf } from '../health/pod.ts'
import { holderOf, refOf as leaseOf } from '../lock.ts'
import { type DrainingRelease, findPruning, type HoldsRuns } from '../prune.ts'
import { listAt, numberAt, textAt } from '../read.ts'
import { lastGood, newestOf } from '../revision/history.ts'
import { createRecords } from '../revision/records.ts'
import type { Revision } from '../revision/revision.ts'

/** How a deployment stands. */
export interface Status {
  /** Newest last. */
  readonly revisions: readonly Revision[]
  /** The one that is meant to run. */
  readonly present: Revision | undefined
  /** Who changes it right now: who has a lock and renews it. */
  readonly holder: string
  readonly objects: readonly ObjectStatus[]
  readonly pods: readonly PodStatus[]
  readonly draining: readonly DrainingRelease[]
  /** How sure that is. */
  readonly warnings: readonly string[]
  /** Warnings of the last hour, newest first. */
  readonly events: readonly EventStatus[]
  /** Whether every object is there and healthy. */
  readonly healthy: boolean
}

/** One object that says something of itself, or is not there. */
export interface ObjectStatus {
  readonly ref: ObjectRef
  readonly health: Health
}

/** One pod. */
export interface PodStatus {
  readonly name: string
  readonly phase: string
  readonly ready: boolean
  readonly restarts: number
  readonly node: string
  readonly createdAt: string
  /** Why it is not ready. */
  readonly trouble?: { readonly reason: string; readonly message: string }
}

/** One warning. */
export interface EventStatus {
  readonly object: string
  readonly reason: string
  readonly message: string
  readonly count: number
  readonly time: string
}

const SHOWN_EVENTS = 10
const EVENT_AGE = 3_600_000

/** Which deployment. */
export interface StatusOptions {
  readonly name: string
  readonly namespace: string
  readonly holdsRuns: HoldsRuns
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Finds out how a deployment stands. */
export async function statusOf(api: ClusterApi, { name, namespace, holdsRuns, now }: StatusOptions): Promise<Status> {
  const revisions = await createRecords(api, { name, namespace }).list()
  const newest = newestOf(revisions)
  const present = newest?.status === 'applying' ? newest : (lastGood(revisions) ?? newest)
  const pods = await api.list(
    { apiVersion: 'v1', kind: 'Pod' },
    { namespace, labels: { 'app.kubernetes.io/name': name } },
  )
  const isThere = present !== undefined && present.status !== 'removed'
  const [events, lease, objects, pruning] = await Promise.all([
    warningsIn(api, namespace),
    api.get(leaseOf({ name, namespace })),
    isThere ? objectsOf(api, present) : [],
    isThere ? findPruning(api, present.target, revisions, holdsRuns) : undefined,
  ])
  return {
    ...{ revisions, present, objects },
    holder: isRenewed(lease, now) ? holderOf(lease) : '',
    pods: pods.map((pod) => podStatus(pod, events)).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    ...{ draining: pruning?.draining ?? [], warnings: pruning?.warnings ?? [] },
    events: eventsOf(events, now),
    healthy: isThere && objects.every(({ health }) => health.kind === 'healthy'),
  }
}

// Whoever was killed holds it still. Clocks of two machines may differ by less than this.
const STALE = 60_000

function isRenewed(lease: LiveObject | undefined, now: number): boolean {
  return now - Date.parse(textAt(lease, 'spec', 'renewTime')) < STALE
}

async function objectsOf(api: ClusterApi, { target }: Revision): Promise<readonly ObjectStatus[]> {
  const facts = await observe(api, target.objects)
  const seen = new Set(facts.map(({ ref }) => keyOf(ref)))
  const others = target.objects.map(refOf).filter((ref) => !seen.has(keyOf(ref)))
  const live = await Promise.all(others.map((ref) => api.get(ref)))
  const missing = others.filter((_, index) => live[index] === undefined)
  return [
    ...facts.map(({ ref, health }) => ({ ref, health })),
    ...missing.map((ref): ObjectStatus => ({ ref, health: { kind: 'waiting', reason: 'is not there' } })),
  ]
}

function podStatus(pod: LiveObject, events: readonly LiveObject[]): PodStatus {
  const trouble = podTrouble(pod, events)
  const containers = listAt(pod, 'status', 'containerStatuses')
  return {
    name: pod.metadata.name,
    phase: pod.metadata.deletionTimestamp === undefined ? textAt(pod, 'status', 'phase') : 'Terminating',
    ready: listAt(pod, 'status', 'conditions').some(
      (each) => textAt(each, 'type') === 'Ready' && textAt(each, 'status') === 'True',
    ),
    restarts: containers.reduce<number>((sum, each) => sum + (numberAt(each, 'restartCount') ?? 0), 0),
    node: textAt(pod, 'spec', 'nodeName'),
    createdAt: pod.metadata.creationTimestamp ?? '',
    ...(trouble === undefined ? {} : { trouble: { reason: trouble.reason, message: trouble.message } }),
  }
}

function eventsOf(events: readonly LiveObject[], now: number): readonly EventStatus[] {
  return events
    .filter((event) => now - Date.parse(timeOf(event)) < EVENT_AGE)
    .toSorted((a, b) => timeOf(b).localeCompare(timeOf(a)))
    .slice(0, SHOWN_EVENTS)
    .map((event) => ({
      object: `${textAt(event, 'involvedObject', 'kind')} ${textAt(event, 'involvedObject', 'name')}`,
      reason: textAt(event, 'reason'),
      message: textAt(event, 'message'),
      count: numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1,
      time: timeOf(event),
    }))
}
