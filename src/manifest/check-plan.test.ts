import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeploymentOptions } from '../core/deployment/schema.ts'
import { planOf } from './fixture.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`
const KEPT = {
  labels: { compliance: ['soc2'], owner: 'team', costCentre: '4711' },
  image: { digest: DIGEST },
  redis: { kind: 'managed', image: `redis@${DIGEST}`, tls: { enabled: true } },
  secrets: { access: { 'api-keys.jsonl': true } },
} as const satisfies DeploymentOptions

test('A plan that keeps what its labels promise is told what nothing keeps yet', () => {
  assert.deepEqual(planOf(KEPT).warnings, [
    'deployment.labels.compliance promises an audit log: the audit log is not written yet; the journal of each run is',
  ])
})

test('A plan that breaks promises is refused with all that it lacks', () => {
  const settings = { 'audit.enabled': false }
  const secrets = { cloud: { POLIS_AUTH_MODE: true } } as const
  const given = { labels: { compliance: ['soc2'] }, network: { policies: false }, secrets }
  assert.throws(
    () => planOf(given, settings),
    (error: { readonly code: string; readonly details: { readonly faults: readonly string[] } }) => {
      assert.equal(error.code, 'INVALID_CONFIG')
      assert.deepEqual(
        error.details.faults.map((fault) => fault.split(':')[0]),
        [
          ...['deployment.image.digest', 'deployment.redis.image', 'deployment.labels.owner'],
          ...['deployment.labels.costCentre', 'deployment.network.policies', 'deployment.secrets'],
          ...['deployment.redis.tls.enabled', 'settings audit.enabled'],
        ],
      )
      return true
    },
  )
})

test('A fault says what was promised', () => {
  assert.throws(() => planOf({ ...KEPT, image: {} }), {
    message:
      /^polis\.config: deployment\.image\.digest: expected an image with its digest \(name@sha256:…\), got desk:\w+; deployment\.labels\.compliance promises that images are pinned by their digest$/,
  })
})

test('Where the cluster is not to keep the promises, they are warnings', () => {
  const { warnings } = planOf({ labels: { compliance: ['internal'] }, admission: false })
  assert.ok(warnings.some((warning) => warning.startsWith('deployment.labels.owner: expected the team')))
})

test('Labels of other regimes promise what every one does, and no more', () => {
  const labels = { ...KEPT.labels, compliance: ['internal'] }
  const redis = { ...KEPT.redis, tls: { enabled: false } }
  assert.deepEqual(planOf({ ...KEPT, labels, redis }).warnings, [])
})

test('A mesh encrypts what reaches Redis in the cluster, and not what leaves it', () => {
  const mesh = { kind: 'ambient', gateway: 'edge/main' } as const
  const plain = { ...KEPT.redis, tls: { enabled: false } }
  assert.doesNotThrow(() => planOf({ ...KEPT, mesh, redis: plain }))
  assert.throws(() => planOf({ ...KEPT, mesh, redis: { kind: 'external' } }, { 'redis.host': 'redis.example.com' }), {
    message: /settings redis\.ssl\.enabled: expected true/,
  })
})

test('Faults for a test break what labels of compliance promise', () => {
  const chaos = { until: '2030-01-01T00:00:00Z', abort: { percent: 1, status: 500 } }
  assert.throws(() => planOf({ ...KEPT, mesh: { kind: 'sidecar', chaos } }), {
    message: /deployment\.mesh\.chaos: expected none/,
  })
})

test('A mesh that knows nobody who may call the API is told', () => {
  assert.ok(planOf({ mesh: { kind: 'ambient' } }).warnings.some((text) => text.includes('nobody may call the API')))
})

test('A mesh has to know who reads metrics by the name of a namespace', () => {
  const network = { monitoring: { team: 'metrics' } }
  assert.throws(() => planOf({ mesh: { kind: 'ambient' }, network }), { message: /deployment\.network\.monitoring/ })
  assert.doesNotThrow(() => planOf({ mesh: { kind: 'ambient', plainMetrics: true }, network }))
})

test('An archive in a database that NetworkPolicies keep agents from is told', () => {
  const secrets = { database: { POLIS_ARCHIVE_URL: true } } as const
  const isTold = (given: DeploymentOptions) =>
    planOf({ secrets, ...given }).warnings.some((text) => text.startsWith('deployment.network.egress'))
  assert.ok(isTold({}))
  assert.ok(!isTold({ network: { egress: [{ cidr: '10.1.2.3/32', ports: [5432] }] } }))
  assert.ok(!isTold({ network: { policies: false } }))
})
