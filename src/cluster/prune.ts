import type { KubernetesObject } from '../manifest/object.ts'
import { type ClusterApi, keyOf, type LiveObject, refOf } from './api.ts'
import { isOurs, RELEASE_LABEL } from './owner.ts'
import { listAt, numberAt, textAt, textsAt } from './read.ts'
import type { Revision } from './revision/revision.ts'
import type { Target } from './target.ts'

/** What becomes of objects that earlier revisions put on the cluster, and this one does not. */
export interface Pruning {
  readonly removed: readonly LiveObject[]
  /** Releases that may still hold runs, whose objects stay. */
  readonly draining: readonly DrainingRelease[]
  /** What whoever relies on it should know, each once. */
  readonly warnings: readonly string[]
}

/** An old release that is still there. */
export interface DrainingRelease {
  readonly release: string
  /** By name, the releases of the agents that nobody else executes. */
  readonly agents: Readonly<Record<string, string>>
  readonly objects: readonly LiveObject[]
  /** Whether runs are left of it; undefined where nobody could say. */
  readonly holdsRuns: boolean | undefined
}

/**
 * Whether any run that is not over is left of these releases of agents, whatever its tenant; undefined where nobody can say. Asked only of
 * releases that the present one does not execute. `warn` takes what is less sure than that.
 */
export type HoldsRuns = (
  agents: Readonly<Record<string, string>>,
  warn: (message: string) => void,
) => Promise<boolean | undefined>

/** Finds what is to go: only what a revision since the last good one names, and what is ours. */
export async function findPruning(
  api: ClusterApi,
  target: Target,
  history: readonly Revision[],
  holdsRuns: HoldsRuns,
): Promise<Pruning> {
  const candidates = candidatesOf(target, history)
  const found = await Promise.all(candidates.map(({ object }) => api.get(refOf(object))))
  const live = candidates.flatMap(({ release, agents }, index) => {
    const object = found[index]
    const isThere = object !== undefined && object.metadata.deletionTimestamp === undefined
    return isThere && isOurs(object, target.name) ? [{ release, agents, object }] : []
  })
  const warnings = new Set<string>()
  const ask = (agents: DrainingRelease['agents']) => holdsRuns(agents, (message) => void warnings.add(message))
  const released = Map.groupBy(live, ({ release }) => release)
  const draining = await Promise.all(
    [...released].flatMap(([release, own]) => (release === undefined ? [] : [drain(release, own, target, ask)])),
  )
  const isLeft = ({ holdsRuns: left }: DrainingRelease) => left !== false
  return {
    removed: [
      ...live.filter(({ release }) => release === undefined).map(({ object }) => object),
      ...draining.filter((each) => !isLeft(each)).flatMap(({ objects }) => objects),
    ],
    draining: draining.filter(isLeft),
    warnings: [...warnings],
  }
}

interface Candidate {
  readonly object: KubernetesObject
  /** Of its own, where it belongs to one. */
  readonly release: string | undefined
  readonly agents: Readonly<Record<string, string>>
}

/** The objects that revisions name and the target does not; volume claims and namespaces never are. */
export function candidatesOf(target: Target, history: readonly Revision[]): readonly Candidate[] {
  const wanted = new Set(target.objects.map((object) => keyOf(refOf(object))))
  const found = new Map<string, Candidate>()
  for (const { target: earlier } of history)
    for (const object of earlier.objects) {
      const key = keyOf(refOf(object))
      const isKept = wanted.has(key) || object.kind === 'PersistentVolumeClaim' || object.kind === 'Namespace'
      if (isKept) continue
      const belongs = belongsTo(object, earlier.release) && earlier.release !== target.release
      found.set(key, { object, release: belongs ? earlier.release : undefined, agents: earlier.agents })
    }
  return [...found.values()]
}

/** Whether an object is of one release: it says so, selects its pods, or is called after it. */
export function belongsTo(object: KubernetesObject, release: string): boolean {
  if (object.metadata.name.endsWith(`-${release}`)) return true
  const labels = [
    ['metadata', 'labels'],
    ['spec', 'selector', 'matchLabels'],
    ['spec', 'template', 'metadata', 'labels'],
  ]
  return object.kind !== 'Service' && labels.some((path) => textsAt(object, ...path)[RELEASE_LABEL] === release)
}

async function drain(
  release: string,
  own: readonly { readonly object: LiveObject; readonly agents: Readonly<Record<string, string>> }[],
  target: Target,
  ask: (agents: DrainingRelease['agents']) => ReturnType<HoldsRuns>,
): Promise<DrainingRelease> {
  const all = own[0]?.agents ?? {}
  const agents = Object.fromEntries(Object.entries(all).filter(([agent, of]) => target.agents[agent] !== of))
  const objects = own.map(({ object }) => object)
  const isIdle = Object.keys(agents).length === 0 || objects.every(neverRan)
  return { release, agents, objects, holdsRuns: isIdle ? false : await ask(agents) }
}

// Pods that were never ready have executed nothing, and taken nothing in. Where the API has pods of its own, these may have taken it in.
function neverRan(object: LiveObject): boolean {
  if (object.kind !== 'Deployment') return true
  const component = textsAt(object, 'spec', 'selector', 'matchLabels')['app.kubernetes.io/component']
  const available = listAt(object, 'status', 'conditions').find((each) => textAt(each, 'type') === 'Available')
  if (component !== 'agents' || textAt(available, 'status') !== 'False' || numberAt(object, 'status', 'readyReplicas'))
    return false
  const since =
    Date.parse(textAt(available, 'lastTransitionTime')) - Date.parse(object.metadata.creationTimestamp ?? '')
  return since <= FIRST_CONDITION
}

/** A Deployment gets its first conditions within this time of its creation, in milliseconds: one that is older has never changed. */
const FIRST_CONDITION = 5_000
