import type { KubernetesObject } from '../../manifest/object.ts'
import { type ClusterApi, keyOf, type LiveObject, refOf } from '../api.ts'
import { numberAt, textAt, textsAt } from '../read.ts'
import { hasHealth, healthOf } from './health-of.ts'
import { podTrouble } from './pod.ts'
import type { ObjectFacts } from './verdict.ts'

/** Looks at every object that says something of itself, and at the pods of those that are not healthy. */
export async function observe(api: ClusterApi, objects: readonly KubernetesObject[]): Promise<readonly ObjectFacts[]> {
  const watched = objects.filter(({ kind }) => hasHealth(kind))
  const minimums = minimumsOf(objects)
  const facts = await Promise.all(
    watched.map(async (object): Promise<ObjectFacts> => {
      const ref = refOf(object)
      const live = await api.get(ref)
      const minimum = minimums.get(keyOf(ref)) ?? 0
      return {
        ref,
        live,
        health: live === undefined ? { kind: 'waiting', reason: 'is not there' } : healthOf(live, minimum),
        troubles: [],
      }
    }),
  )
  const isUnwell = ({ live, health }: ObjectFacts) => live !== undefined && health.kind !== 'healthy' && hasPods(live)
  if (!facts.some(isUnwell)) return facts
  const namespaces = [...new Set(facts.filter(isUnwell).map(({ ref }) => ref.namespace ?? ''))]
  const events = (await Promise.all(namespaces.map((namespace) => warningsIn(api, namespace)))).flat()
  return await Promise.all(
    facts.map(async (fact) =>
      isUnwell(fact) && fact.live !== undefined ? { ...fact, ...(await troublesOf(api, fact.live, events)) } : fact,
    ),
  )
}

/** Warnings of a namespace; none where they may not be read, since they only explain. */
export async function warningsIn(api: ClusterApi, namespace: string): Promise<readonly LiveObject[]> {
  const options = { namespace, fields: 'type=Warning', limit: 500 }
  return await api.list({ apiVersion: 'v1', kind: 'Event' }, options).catch(() => [])
}

/** The pods of a workload that are of its present template. */
async function podsOf(api: ClusterApi, workload: LiveObject): Promise<readonly LiveObject[]> {
  const namespace = workload.metadata.namespace ?? ''
  const labels = textsAt(workload, 'spec', 'selector', 'matchLabels')
  const options = { namespace, labels }
  const owner =
    workload.kind === 'Deployment'
      ? newestOf(await api.list({ apiVersion: 'apps/v1', kind: 'ReplicaSet' }, options), workload)
      : workload
  if (owner === undefined) return []
  const pods = await api.list({ apiVersion: 'v1', kind: 'Pod' }, options)
  return pods.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid))
}

// A Deployment with fewer pods than its scaler wants is on the way there.
function minimumsOf(objects: readonly KubernetesObject[]): ReadonlyMap<string, number> {
  const scalers = objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler' || kind === 'ScaledObject')
  return new Map(
    scalers.map((scaler) => {
      const target = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: textAt(scaler, 'spec', 'scaleTargetRef', 'name'),
      }
      const { namespace } = scaler.metadata
      const minimum = numberAt(scaler, 'spec', 'minReplicas') ?? numberAt(scaler, 'spec', 'minReplicaCount') ?? 1
      return [keyOf({ ...target, ...(namespace === undefined ? {} : { namespace }) }), minimum]
    }),
  )
}

function hasPods({ kind }: LiveObject): boolean {
  return ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind)
}

async function troublesOf(
  api: ClusterApi,
  workload: LiveObject,
  events: readonly LiveObject[],
): Promise<Pick<ObjectFacts, 'troubles'>> {
  const pods = await podsOf(api, workload)
  const found = pods.map((pod) => podTrouble(pod, events)).filter((trouble) => trouble !== undefined)
  if (found.length > 0 || pods.length > 0) return { troubles: found }
  // Without any pod it is the workload that has something to say: that a quota refuses them, for one.
  const said = events.filter((event) => textAt(event, 'involvedObject', 'uid') === workload.metadata.uid).at(-1)
  if (said === undefined) return { troubles: [] }
  const [reason, message] = [textAt(said, 'reason'), textAt(said, 'message')]
  return { troubles: [{ pod: workload.metadata.name, severity: 'waiting', reason, message }] }
}

function newestOf(sets: readonly LiveObject[], workload: LiveObject): LiveObject | undefined {
  const own = sets.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === workload.metadata.uid))
  const revision = ({ metadata }: LiveObject) =>
    Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0)
  return own.toSorted((a, b) => revision(a) - revision(b)).at(-1)
}
