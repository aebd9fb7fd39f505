import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planOf } from '../fixture.ts'
import { describeFlow } from './flow.ts'
import { flowsOf } from './flows.ts'

const told = (...given: Parameters<typeof planOf>) => flowsOf(planOf(...given)).map(describeFlow)

test('A project without options has the flows of agents, Redis, Sentinels and the backup, and no other', () => {
  assert.deepEqual(told(), [
    'the namespace → DNS (kube-system) 53/UDP, 53: names are resolved',
    'the namespace → agents 8080: the API is called',
    'agents → redis 6379: runs are kept',
    'agents → redis-sentinel 26379: the primary is found',
    'redis → redis 6379: data is replicated, and the primary watched',
    'redis-sentinel → redis 6379: data is replicated, and the primary watched',
    'redis → redis-sentinel 26379: the primary is agreed on',
    'redis-sentinel → redis-sentinel 26379: the primary is agreed on',
    'backup → redis 6379: the store is exported',
    'backup → redis-sentinel 26379: the primary is found',
    'monitoring → agents 9090: metrics are read',
    'agents → what `network.egress` names 443: models, tools, databases and webhooks are called',
  ])
})

test('Where roles are apart, only the pods of the API are called', () => {
  const flows = told({ roles: 'apart' })
  assert.ok(flows.includes('the namespace → api 8080: the API is called'))
  assert.deepEqual(
    flows.filter((flow) => flow.includes('→ worker')),
    ['monitoring → worker 9090: metrics are read'],
  )
})

test('Without a backup, and without metrics, there are no flows for them', () => {
  const flows = told({ redis: { kind: 'managed', backup: { enabled: false } } }, { 'prometheus.enabled': false })
  assert.ok(!flows.some((flow) => flow.includes('backup') || flow.includes('monitoring')))
})

test('A Redis outside is reached where it is, on the ports of all that settings name', () => {
  const settings = { 'redis.sentinels': ['a.example:26379', 'b.example:26380'], 'redis.sentinel_name': 'desk' }
  const flows = told({ redis: { kind: 'external', cidrs: ['10.9.0.0/16'] } }, settings)
  assert.ok(flows.includes('agents → Redis outside 6379, 26379, 26380: runs are kept'))
  assert.ok(!flows.some((flow) => flow.includes('→ redis')))
})

test('Model servers are asked by whoever executes runs, and load their models', () => {
  const flows = told({ roles: 'apart', modelServers: { small: { model: 'Qwen/Qwen3-8B' } } })
  assert.deepEqual(
    flows.filter((flow) => flow.includes('model-server')),
    [
      'worker → model-server 8000: models are asked',
      'model-server → the internet 443: models are loaded',
      'monitoring → model-server 8000: metrics are read',
    ],
  )
})

test('Traces and key sets are where settings say', () => {
  const flows = told(
    {},
    {
      ...{ 'tracing.enabled': true, 'tracing.endpoint': 'http://otel.observability.svc:4318' },
      ...{ 'auth.jwt_jwks_url': 'https://login.example.com/keys', 'auth.jwt_issuer': 'https://login.example.com' },
    },
  )
  assert.ok(flows.includes('agents → the tracing endpoint 4318: traces are sent'))
  assert.ok(flows.includes('agents → the key set 443: JSON Web Tokens are checked'))
})

test('Sidecars ask the control plane, wherever in the namespace they are', () => {
  const flows = told({ mesh: { kind: 'sidecar', controlPlane: 'mesh' } })
  assert.equal(
    flows.at(-1),
    'the namespace → the control plane of the mesh 15012: proxies get their configuration and certificates',
  )
})

test('In an ambient mesh pods are reached through tunnels too, and the API through the waypoint', () => {
  const flows = told({ mesh: { kind: 'ambient', gateway: 'edge/main' } })
  for (const flow of [
    'the gateway → waypoint 15008: the API is called, through the waypoint',
    'waypoint → agents 8080, 15008: the API is called',
    'agents → redis 6379, 15008: runs are kept',
    'monitoring → agents 9090, 15008: metrics are read',
    'probes of the node → agents 8080: pods are asked whether they are well',
    'waypoint → the control plane of the mesh 15012: proxies get their configuration and certificates',
  ])
    assert.ok(flows.includes(flow), flow)
  assert.ok(flows.includes('the namespace → DNS (kube-system) 53/UDP, 53: names are resolved'))
})

test('Metrics in the plain come through no tunnel', () => {
  const flows = told({ mesh: { kind: 'ambient', plainMetrics: true } })
  assert.ok(flows.includes('monitoring → agents 9090: metrics are read'))
})
