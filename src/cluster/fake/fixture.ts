import { createHash } from 'node:crypto'
import type { KubernetesObject } from '../../manifest/object.ts'
import { DEPLOYMENT_ANNOTATION } from '../../manifest/with-labels.ts'
import type { LiveObject } from '../api.ts'
import { numberAt } from '../read.ts'
import type { Target } from '../target.ts'

/** A small deployment for tests: a namespace, settings, a Redis, the agents of one release, and a Service. */
export function target(
  release: string,
  over: { readonly color?: string; readonly extra?: readonly KubernetesObject[] } = {},
): Target {
  const { color = 'blue', extra = [] } = over
  const objects = [
    { ...object('v1', 'Namespace', 'shop'), metadata: meta('shop', undefined) },
    object('v1', 'ConfigMap', 'desk-settings', { data: { COLOR: color } }),
    object('apps/v1', 'StatefulSet', 'desk-redis', {
      spec: { replicas: 1, serviceName: 'desk-redis', volumeClaimTemplates: [{ metadata: { name: 'data' } }] },
    }),
    deployment(release),
    object('autoscaling/v2', 'HorizontalPodAutoscaler', `desk-${release}`, {
      spec: { minReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: `desk-${release}` } },
    }),
    object('v1', 'Service', 'desk', { spec: { selector: { 'agentpolis.dev/release': release } } }),
    ...extra,
  ]
  const content = {
    ...{ name: 'desk', namespace: 'shop', environment: 'default', image: `desk:${release}`, release, objects },
    agents: { report: `agent-${release}` },
    secrets: [{ name: 'desk-redis', value: { kind: 'random' as const, keys: ['password'] } }],
  }
  return { ...content, hash: createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16) }
}

/** An object of that deployment. */
export function object(
  apiVersion: string,
  kind: string,
  name: string,
  more: Readonly<Record<string, unknown>> = {},
): KubernetesObject {
  return { apiVersion, kind, metadata: meta(name, 'shop'), ...more }
}

function meta(name: string, namespace: string | undefined): KubernetesObject['metadata'] {
  return {
    ...{ name, ...(namespace === undefined ? {} : { namespace }) },
    labels: { 'app.kubernetes.io/managed-by': 'polis', 'app.kubernetes.io/name': 'desk' },
    annotations: { [DEPLOYMENT_ANNOTATION]: 'desk' },
  }
}

function deployment(release: string): KubernetesObject {
  const labels = { 'app.kubernetes.io/component': 'agents', 'agentpolis.dev/release': release }
  return object('apps/v1', 'Deployment', `desk-${release}`, {
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { image: `desk:${release}` } } },
  })
}

/** Statuses of controllers that at once do all they are asked. */
export function wellStatus(live: LiveObject): unknown {
  const observedGeneration = live.metadata.generation ?? 0
  if (live.kind === 'StatefulSet') {
    const replicas = numberAt(live, 'spec', 'replicas') ?? 1
    return {
      observedGeneration,
      readyReplicas: replicas,
      updatedReplicas: replicas,
      currentRevision: 'a',
      updateRevision: 'a',
    }
  }
  if (live.kind !== 'Deployment') return undefined
  return { observedGeneration, replicas: 2, updatedReplicas: 2, availableReplicas: 2, readyReplicas: 2 }
}

/** Likewise, but pods of this release never become ready. */
export function sickStatus(release: string): (live: LiveObject) => unknown {
  return (live) => {
    if (live.metadata.name !== `desk-${release}` || live.kind !== 'Deployment') return wellStatus(live)
    const since = live.metadata.creationTimestamp
    const conditions = [
      { type: 'Available', status: 'False', lastTransitionTime: since },
      { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'has timed out' },
    ]
    return { observedGeneration: live.metadata.generation, replicas: 2, updatedReplicas: 2, conditions }
  }
}
