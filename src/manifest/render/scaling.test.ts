import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1'
import type { IDeployment } from 'kubernetes-models/apps/v1'
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2'
import type { DeploymentOptions } from '../../core/deployment/schema.ts'
import { METRICS } from '../../telemetry/metric.ts'
import { objectsOf, planOf } from '../fixture.ts'

const PROMETHEUS = 'http://prometheus.monitoring.svc:9090'
const keda = (more: DeploymentOptions = {}, settings: Readonly<Record<string, unknown>> = {}) =>
  planOf({ ...more, scaling: { by: 'keda', prometheus: PROMETHEUS, ...more.scaling } }, settings)

test('Each Deployment of agents has an autoscaler of its own, and none of another', () => {
  for (const roles of ['together', 'apart'] as const) {
    const [hpa, scaled] = [planOf({ roles }), keda({ roles })]
    const names = objectsOf<IDeployment>(hpa, 'Deployment').map(({ metadata }) => metadata?.name)
    const autoscalers = objectsOf<IHorizontalPodAutoscaler>(hpa, 'HorizontalPodAutoscaler')
    const objects = objectsOf<IScaledObject>(scaled, 'ScaledObject')
    assert.deepEqual(
      autoscalers.map(({ spec }) => spec?.scaleTargetRef.name),
      names,
    )
    assert.deepEqual(
      objects.map(({ spec }) => spec.scaleTargetRef.name),
      names,
    )
    assert.equal(objectsOf<IScaledObject>(hpa, 'ScaledObject').length, 0)
    assert.equal(objectsOf<IHorizontalPodAutoscaler>(scaled, 'HorizontalPodAutoscaler').length, 0)
  }
})

test('The HPA scales on CPU and memory of the container, as the settings say', () => {
  const [autoscaler] = objectsOf<IHorizontalPodAutoscaler>(
    planOf({}, { 'scaling.target_cpu_utilization': 55, 'scaling.min_replicas': 2, 'scaling.max_replicas': 9 }),
    'HorizontalPodAutoscaler',
  )
  assert.deepEqual(
    autoscaler?.spec?.metrics?.map(({ containerResource }) => [
      containerResource?.name,
      containerResource?.container,
      containerResource?.target.averageUtilization,
    ]),
    [
      ['cpu', 'agents', 55],
      ['memory', 'agents', 80],
    ],
  )
  assert.deepEqual([autoscaler?.spec?.minReplicas, autoscaler?.spec?.maxReplicas], [2, 9])
})

test('Pods come fast and go slowly', () => {
  const plan = planOf({ scaling: { stabilization: 120 } })
  const [autoscaler] = objectsOf<IHorizontalPodAutoscaler>(plan, 'HorizontalPodAutoscaler')
  const { scaleUp, scaleDown } = autoscaler?.spec?.behavior ?? {}
  assert.equal(scaleUp?.stabilizationWindowSeconds, 0)
  assert.equal(scaleDown?.stabilizationWindowSeconds, 120)
  assert.deepEqual(
    scaleUp?.policies?.map(({ type, value, periodSeconds }) => [type, value, periodSeconds]),
    [
      ['Percent', 100, 15],
      ['Pods', 4, 15],
    ],
  )
})

test('Where pods are scaled there is one at least: of none, nothing would be reported', () => {
  const settings = { 'scaling.min_replicas': 0 }
  const [autoscaler] = objectsOf<IHorizontalPodAutoscaler>(planOf({}, settings), 'HorizontalPodAutoscaler')
  assert.equal(autoscaler?.spec?.minReplicas, 1)
  assert.equal(objectsOf<IScaledObject>(keda({}, settings), 'ScaledObject')[0]?.spec.minReplicaCount, 1)
})

test('Nothing scales where nothing is to', () => {
  const plan = planOf({ scaling: { by: 'none' } })
  assert.equal(objectsOf<IHorizontalPodAutoscaler>(plan, 'HorizontalPodAutoscaler').length, 0)
  assert.equal(plan.roles[0]?.maxReplicas, plan.roles[0]?.minReplicas)
})

test('KEDA scales on runs, on the queue and on response times of one release', () => {
  const plan = keda()
  const { release } = plan
  const pods = `namespace="desk",pod=~"desk-${release}-[a-z0-9]+(-[a-z0-9]+)?"`
  assert.deepEqual(triggersOf(plan, `desk-${release}`), {
    cpu: { metricType: 'Utilization', metadata: { value: '70', containerName: 'agents' } },
    memory: { metricType: 'Utilization', metadata: { value: '80', containerName: 'agents' } },
    active: {
      metricType: 'AverageValue',
      metadata: {
        serverAddress: PROMETHEUS,
        query: `sum(active_workflows{${pods}})`,
        threshold: '70',
        ignoreNullValues: 'false',
      },
    },
    queue: {
      metricType: 'AverageValue',
      metadata: {
        serverAddress: PROMETHEUS,
        query: `max(workflow_queue_depth{${pods}}) * (avg(active_workflows{${pods}}) > bool 35)`,
        threshold: '20',
        ignoreNullValues: 'false',
      },
    },
    p95: {
      metricType: 'Value',
      metadata: {
        serverAddress: PROMETHEUS,
        query: `(histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{${pods},endpoint!~"/health|/ready|/startup"}[2m]))) >= 0) or (0 * sum(agent_info{${pods}}))`,
        threshold: '1',
        ignoreNullValues: 'false',
      },
    },
  })
})

test('Pods of the API are scaled on what they serve, workers on what they execute', () => {
  const plan = keda({ roles: 'apart' })
  assert.deepEqual(Object.keys(triggersOf(plan, 'desk-api')), ['cpu', 'memory', 'p95'])
  assert.deepEqual(Object.keys(triggersOf(plan, `desk-worker-${plan.release}`)), ['cpu', 'memory', 'active', 'queue'])
})

test('Without metrics nothing shrinks: no answer is an error, and an error stands for the pods that there are', () => {
  for (const { spec } of objectsOf<IScaledObject>(keda({ roles: 'apart' }), 'ScaledObject')) {
    assert.deepEqual(spec.fallback, { failureThreshold: 3, replicas: 3, behavior: 'currentReplicasIfHigher' })
    const asked = spec.triggers.filter(({ type }) => type === 'prometheus')
    assert.ok(asked.length > 0)
    assert.ok(asked.every(({ metadata }) => metadata.ignoreNullValues === 'false'))
  }
})

test('A quantile of response times can exceed every bound that may be set', () => {
  const top = Math.max(...METRICS.http_request_duration_seconds.buckets)
  assert.doesNotThrow(() => keda({ scaling: { responseTime: 9.9 } }))
  assert.ok(top > 9.9)
  assert.throws(() => keda({ scaling: { responseTime: top } }), { code: 'INVALID_CONFIG' })
})

test('KEDA needs to be told of a Prometheus, and metrics to ask for', () => {
  assert.throws(() => planOf({ scaling: { by: 'keda' } }), {
    code: 'INVALID_CONFIG',
    message: /deployment\.scaling\.prometheus: expected the URL of a Prometheus/,
  })
  assert.throws(() => keda({}, { 'prometheus.enabled': false }), {
    code: 'INVALID_CONFIG',
    message: /prometheus\.enabled: expected true/,
  })
})

function triggersOf(plan: ReturnType<typeof planOf>, name: string) {
  const object = objectsOf<IScaledObject>(plan, 'ScaledObject').find(({ metadata }) => metadata?.name === name)
  const triggers = object?.spec.triggers ?? []
  return Object.fromEntries(
    triggers.map(({ type, name: title = type, metricType, metadata }) => [title, { metricType, metadata }]),
  )
}
