import assert from 'node:assert/strict'
import { test } from 'node:test'
import { objectsOf, planOf } from '../fixture.ts'
import type { KubernetesObject } from '../object.ts'

const SERVERS = { small: { model: 'Qwen/Qwen3-8B' } }

test('PodMonitors are made where they are asked for, with the labels by which the operator finds them', () => {
  assert.deepEqual(objectsOf<KubernetesObject>(planOf(), 'PodMonitor'), [])
  const plan = planOf({ monitoring: { podMonitor: true, labels: { release: 'prometheus' } }, roles: 'apart' })
  const [monitor, ...others] = objectsOf<KubernetesObject>(plan, 'PodMonitor')
  assert.deepEqual(others, [])
  assert.equal(monitor?.metadata.labels?.release, 'prometheus')
  assert.deepEqual(monitor?.spec, {
    selector: {
      matchLabels: { 'app.kubernetes.io/name': 'desk' },
      matchExpressions: [{ key: 'app.kubernetes.io/component', operator: 'In', values: ['api', 'worker'] }],
    },
    podMetricsEndpoints: [
      { port: 'metrics', path: '/metrics', interval: '15s', relabelings: [{ action: 'labeldrop', regex: 'endpoint' }] },
    ],
  })
})

test('Without metrics there is nothing to find', () => {
  const plan = planOf({ monitoring: { podMonitor: true } }, { 'prometheus.enabled': false })
  assert.deepEqual(objectsOf<KubernetesObject>(plan, 'PodMonitor'), [])
})

test('Model servers are found too, but not behind sidecars, which take nobody without a certificate', () => {
  const names = (mesh: 'none' | 'sidecar') =>
    objectsOf<KubernetesObject>(
      planOf({ monitoring: { podMonitor: true }, modelServers: SERVERS, mesh: { kind: mesh } }),
      'PodMonitor',
    ).map(({ metadata }) => metadata.name)
  assert.deepEqual(names('none'), ['desk', 'desk-model-server'])
  assert.deepEqual(names('sidecar'), ['desk'])
})
