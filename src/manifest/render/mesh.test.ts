import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeploymentOptions } from '../../core/deployment/schema.ts'
import { PolisError } from '../../core/error.ts'
import { objectsOf, planOf } from '../fixture.ts'
import type { KubernetesObject } from '../object.ts'
import { renderManifests } from '../render.ts'
import { throughWaypoint } from './mesh/waypoint.ts'

const GATEWAY = { gateway: 'edge/main', gatewayPrincipal: 'cluster.local/ns/edge/sa/edge' } as const
const CALLER = 'cluster.local/ns/shop/sa/web'

interface Rendered {
  readonly kind: string
  readonly metadata: { readonly name: string }
  // Of many kinds: each test compares what it looks at.
  readonly spec: Readonly<Record<string, unknown>>
}

const specs = (deployment: DeploymentOptions, kind: string, settings = {}) =>
  Object.fromEntries(
    objectsOf<Rendered>(planOf(deployment, settings), kind).map(({ metadata, spec }) => [metadata.name, spec]),
  )

test('Without a mesh there is nothing of one', () => {
  for (const kind of ['VirtualService', 'HTTPRoute', 'DestinationRule', 'PeerAuthentication', 'AuthorizationPolicy'])
    assert.deepEqual(objectsOf(planOf(), kind), [])
})

test('Objects of Istio are of its stable versions', () => {
  for (const kind of ['sidecar', 'ambient'] as const) {
    const objects = renderManifests(planOf({ mesh: { kind } })).flatMap((manifest) => manifest.objects)
    const versions = new Set(objects.map(({ apiVersion }) => apiVersion))
    const ofMesh = [...versions].filter((version) => /istio|gateway/.test(version))
    const routes = kind === 'ambient' ? ['gateway.networking.k8s.io/v1'] : []
    assert.deepEqual(ofMesh.sort(), [...routes, 'networking.istio.io/v1', 'security.istio.io/v1'])
  }
})

test('Mutual TLS is strict, but for the port of metrics where a Prometheus outside the mesh reads them', () => {
  assert.deepEqual(specs({ mesh: { kind: 'ambient' } }, 'PeerAuthentication'), { desk: { mtls: { mode: 'STRICT' } } })
  assert.deepEqual(specs({ mesh: { kind: 'sidecar' } }, 'PeerAuthentication', { 'prometheus.port': 9191 }), {
    desk: { mtls: { mode: 'STRICT' } },
    'desk-agents-metrics': {
      selector: { matchLabels: { 'app.kubernetes.io/name': 'desk', 'app.kubernetes.io/component': 'agents' } },
      mtls: { mode: 'STRICT' },
      portLevelMtls: { 9191: { mode: 'PERMISSIVE' } },
    },
  })
})

test('The rest is denied: one policy of the namespace names nobody', () => {
  for (const kind of ['sidecar', 'ambient'] as const)
    assert.deepEqual(specs({ mesh: { kind } }, 'AuthorizationPolicy')['desk-default'], {})
})

test('With sidecars the API is called by the gateway and by those who are named', () => {
  const { 'desk-agents': agents } = specs(
    { mesh: { kind: 'sidecar', ...GATEWAY, callers: [CALLER] } },
    'AuthorizationPolicy',
  )
  assert.deepEqual(agents?.rules, [
    {
      from: [{ source: { principals: ['cluster.local/ns/edge/sa/edge', CALLER] } }],
      to: [{ operation: { ports: ['8080'] } }],
    },
    { to: [{ operation: { ports: ['9090'] } }] },
  ])
})

test('With a waypoint pods are called by it alone, and it by the gateway and those who are named', () => {
  const policies = specs({ mesh: { kind: 'ambient', gateway: 'edge/main', callers: [CALLER] } }, 'AuthorizationPolicy')
  assert.deepEqual(policies['desk-agents']?.rules, [
    {
      from: [{ source: { principals: ['cluster.local/ns/desk/sa/desk-waypoint'] } }],
      to: [{ operation: { ports: ['8080'] } }],
    },
    { from: [{ source: { namespaces: ['monitoring'] } }], to: [{ operation: { ports: ['9090'] } }] },
  ])
  assert.deepEqual(policies['desk-waypoint'], {
    targetRefs: [{ group: '', kind: 'Service', name: 'desk' }],
    action: 'ALLOW',
    rules: [{ from: [{ source: { principals: ['cluster.local/ns/edge/sa/main-istio', CALLER] } }] }],
  })
})

test('Redis is reached by agents, by itself and by the backup', () => {
  const { 'desk-redis': redis } = specs({ mesh: { kind: 'ambient' }, roles: 'apart' }, 'AuthorizationPolicy')
  const accounts = ['api', 'worker', 'redis', 'redis-sentinel', 'backup']
  const principals = accounts.map((account) => `cluster.local/ns/desk/sa/desk-${account}`)
  assert.deepEqual(redis?.rules, [{ from: [{ source: { principals } }], to: [{ operation: { ports: ['6379'] } }] }])
})

test('Connection pools are as large as what all pods serve', () => {
  const settings = {
    ...{ 'server.max_concurrent_requests': 200, 'agent.max_concurrent_workflows': 50, 'scaling.max_replicas': 4 },
  }
  const { desk } = specs({ mesh: { kind: 'sidecar' } }, 'DestinationRule', settings)
  const pool = {
    tcp: { maxConnections: 1000, connectTimeout: '5s' },
    http: { http1MaxPendingRequests: 1000, http2MaxRequests: 1000, maxRetries: 20 },
  }
  assert.partialDeepStrictEqual(desk, { trafficPolicy: { connectionPool: pool } })
})

test('Locality failover never comes without outlier detection, by which a pod is known to have failed', () => {
  const detection = { consecutive5xxErrors: 5, interval: '10s', baseEjectionTime: '30s', maxEjectionPercent: 50 }
  const policyOf = (mesh: DeploymentOptions['mesh']) => {
    const { desk } = specs({ ...(mesh === undefined ? {} : { mesh }) }, 'DestinationRule')
    assert.partialDeepStrictEqual(desk, {
      trafficPolicy: { loadBalancer: { simple: 'LEAST_REQUEST' }, outlierDetection: detection },
    })
    return JSON.stringify(desk)
  }
  assert.match(policyOf({ kind: 'sidecar' }), /"localityLbSetting":\{"enabled":true/)
  assert.doesNotMatch(policyOf({ kind: 'sidecar', localityFailover: false }), /localityLbSetting/)
  assert.doesNotMatch(policyOf({ kind: 'ambient' }), /localityLbSetting/)
})

test('Pods of the waypoint are such as run in a restricted namespace, and bear the labels of compliance', () => {
  const plan = planOf({ mesh: { kind: 'ambient' }, labels: { owner: 'team', costCentre: '1' } })
  const [overlay] = objectsOf<KubernetesObject>(plan, 'ConfigMap').filter(
    ({ metadata }) => metadata.name === 'desk-waypoint',
  )
  assert.match(JSON.stringify(overlay), /seccompProfile:\\n *type: RuntimeDefault/)
  const labels = {
    ...{ 'app.kubernetes.io/name': 'desk', 'app.kubernetes.io/component': 'waypoint', environment: 'default' },
    ...{ owner: 'team', 'cost-centre': '1' },
  }
  const [gateway] = objectsOf<KubernetesObject>(plan, 'Gateway')
  assert.partialDeepStrictEqual(gateway, { spec: { infrastructure: { labels } } })
})

test('Only the Service of the API goes through the waypoint: Redis is reached directly', () => {
  const service = (name: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'desk' } })
  const manifest = { file: 'agents.yaml', about: '', objects: [service('desk'), service('desk-redis')] }
  const [api, redis] = throughWaypoint(planOf({ mesh: { kind: 'ambient' } }), manifest).objects
  assert.deepEqual(api?.metadata.labels, {
    ...{ 'istio.io/use-waypoint': 'desk-waypoint', 'istio.io/ingress-use-waypoint': 'true' },
  })
  assert.equal(redis?.metadata.labels, undefined)
  assert.equal(throughWaypoint(planOf(), manifest), manifest)
})

test('Options of a mesh that Istio could not keep are refused, and say why', () => {
  const mistakes: readonly (readonly [unknown, RegExp])[] = [
    [{ kind: 'sidecar', gateway: 'edge/main' }, /deployment\.mesh\.gatewayPrincipal: expected the principal/],
    [{ kind: 'sidecar', gateway: 'main' }, /deployment\.mesh\.gateway: expected 'namespace\/name'/],
    [{ kind: 'sidecar', callers: ['*'] }, /deployment\.mesh\.callers\.0: expected a principal/],
    [{ kind: 'sidecar', timeout: '0s' }, /deployment\.mesh\.timeout: expected a time above none/],
    [
      { kind: 'ambient', chaos: { until: '2030-01-01T00:00:00Z' } },
      /deployment\.mesh\.chaos: HTTPRoutes know no faults/,
    ],
    [
      { kind: 'sidecar', chaos: { until: '2030-01-01T00:00:00Z' } },
      /deployment\.mesh\.chaos: expected a delay or an abort/,
    ],
  ]
  for (const [mesh, message] of mistakes)
    assert.throws(
      () => planOf({ mesh } as never),
      (error) => error instanceof PolisError && error.code === 'INVALID_CONFIG' && message.test(error.message),
      String(message),
    )
})
