import { createHash } from 'node:crypto'
import type { Target } from '../../../src/cluster/target.ts'
import type { KubernetesObject } from '../../../src/manifest/object.ts'
import { DEPLOYMENT_ANNOTATION } from '../../../src/manifest/with-labels.ts'

/** What differs between targets. */
export interface SmallTargetOptions {
  readonly namespace: string
  readonly release: string
  readonly color?: string
  readonly more?: readonly string[]
}

/** A small deployment of valid objects: settings, an account, a StatefulSet, the workers of one release, a Service. */
export function smallTarget({ namespace, release, color = 'blue', more = [] }: SmallTargetOptions): Target {
  const workers = { 'app.kubernetes.io/component': 'agents', 'agentpolis.dev/release': release }
  const redis = { 'app.kubernetes.io/component': 'redis' }
  const of = (apiVersion: string, kind: string, name: string, rest: object = {}): KubernetesObject => ({
    ...{ apiVersion, kind, metadata: { name, namespace, ...OWNED }, ...rest },
  })
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, ...OWNED } },
    of('v1', 'ConfigMap', 'desk-settings', { data: { COLOR: color } }),
    ...more.map((name) => of('v1', 'ConfigMap', name, { data: {} })),
    of('v1', 'ServiceAccount', 'desk', { automountServiceAccountToken: false }),
    of('apps/v1', 'StatefulSet', 'desk-redis', {
      spec: { serviceName: 'desk-redis', replicas: 1, ...pods(redis, 'redis:8') },
    }),
    of('apps/v1', 'Deployment', `desk-${release}`, { spec: pods(workers, `desk:${release}`) }),
    of('v1', 'Service', 'desk', { spec: { selector: workers, ports: [{ name: 'http', port: 80, targetPort: 8080 }] } }),
  ]
  const content = {
    ...{ name: 'desk', namespace, environment: 'default', image: `desk:${release}`, release, objects },
    agents: { report: `agent-${release}` },
    secrets: [{ name: 'desk-redis', value: { kind: 'random' as const, keys: ['password'] } }],
  }
  return { ...content, hash: createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16) }
}

const OWNED = {
  labels: { 'app.kubernetes.io/managed-by': 'polis', 'app.kubernetes.io/name': 'desk' },
  annotations: { [DEPLOYMENT_ANNOTATION]: 'desk' },
}

function pods(labels: Readonly<Record<string, string>>, image: string) {
  return {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'main', image }] } },
  }
}
