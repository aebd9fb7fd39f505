import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1'
import type { IDeployment } from 'kubernetes-models/apps/v1'
import type { IResourceClaimTemplate } from 'kubernetes-models/resource.k8s.io/v1'
import type { DeploymentOptions } from '../../core/deployment/schema.ts'
import { objectsOf, planOf } from '../fixture.ts'
import type { Plan } from '../plan.ts'

const SERVER = { model: 'Qwen/Qwen3-8B', gpus: 2, pool: { 'cloud.google.com/gke-accelerator': 'nvidia-l4' } }
const OPTIMIZED = {
  'optimization.enabled': true,
  'optimization.gpu_memory_fraction': 0.9,
  'optimization.batch_size': 64,
  'optimization.model_parallelism': 2,
}

test('A model server runs on nodes of its pool, with its GPUs', () => {
  const pod = podOf(serverOf())
  const [container] = pod?.containers ?? []
  assert.equal(container?.resources?.limits?.['nvidia.com/gpu'], '2')
  assert.deepEqual(pod?.tolerations, [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }])
  const required = pod?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  assert.deepEqual(required?.nodeSelectorTerms[0]?.matchExpressions, [
    { key: 'cloud.google.com/gke-accelerator', operator: 'In', values: ['nvidia-l4'] },
  ])
})

test('GPUs of a DeviceClass are claimed, and not asked for as well', () => {
  const plan = serverOf({ deviceClass: 'gpu.nvidia.com' })
  const pod = podOf(plan)
  const [template] = objectsOf<IResourceClaimTemplate>(plan, 'ResourceClaimTemplate')
  assert.deepEqual(template?.spec.spec.devices?.requests, [
    { name: 'gpu', exactly: { deviceClassName: 'gpu.nvidia.com', allocationMode: 'ExactCount', count: 2 } },
  ])
  assert.deepEqual(pod?.resourceClaims, [{ name: 'gpu', resourceClaimTemplateName: template?.metadata?.name }])
  assert.deepEqual(pod?.containers[0]?.resources?.claims, [{ name: 'gpu' }])
  assert.equal(pod?.containers[0]?.resources?.limits?.['nvidia.com/gpu'], undefined)
})

test('Its flags are the settings of optimisation, where that is enabled', () => {
  const argsOf = (settings: Readonly<Record<string, unknown>>) =>
    podOf(serverOf({ args: ['--enable-prefix-caching'] }, settings))?.containers[0]?.args
  const plain = ['--model=Qwen/Qwen3-8B', '--port=8000']
  assert.deepEqual(argsOf({}), [...plain, '--enable-prefix-caching'])
  assert.deepEqual(argsOf({ ...OPTIMIZED, 'optimization.enabled': false }), [...plain, '--enable-prefix-caching'])
  assert.deepEqual(argsOf(OPTIMIZED), [
    ...plain,
    ...['--gpu-memory-utilization=0.9', '--max-num-seqs=64', '--tensor-parallel-size=2'],
    '--enable-prefix-caching',
  ])
})

test('A model is not spread over more GPUs than a pod has', () => {
  assert.throws(() => serverOf({ gpus: 1 }, OPTIMIZED), {
    code: 'INVALID_CONFIG',
    message: /modelServers\.qwen\.gpus: expected at least optimization\.model_parallelism \(2\), got 1/,
  })
})

test('It may take half an hour to load its model, and writes only where it may', () => {
  const container = podOf(serverOf())?.containers[0]
  const { startupProbe, env, volumeMounts } = container ?? {}
  assert.equal((startupProbe?.failureThreshold ?? 0) * (startupProbe?.periodSeconds ?? 0), 1800)
  assert.deepEqual(
    volumeMounts?.map(({ mountPath }) => mountPath),
    ['/cache', '/tmp', '/dev/shm'],
  )
  assert.equal(env?.find(({ name }) => name === 'HOME')?.value, '/cache')
})

test('The token of a hub of models reaches it from the Secret that has it', () => {
  const plan = planOf({ secrets: { cloud: { HF_TOKEN: true } }, modelServers: { qwen: SERVER } })
  const token = podOf(plan)?.containers[0]?.env?.find(({ name }) => name === 'HF_TOKEN')
  assert.deepEqual(token?.valueFrom?.secretKeyRef, { name: 'desk-cloud', key: 'HF_TOKEN' })
})

test('Agents are told where it is', () => {
  const plan = serverOf()
  const agents = objectsOf<IDeployment>(plan, 'Deployment').find(
    ({ metadata }) => metadata?.name === plan.roles[0]?.name,
  )
  assert.deepEqual(
    agents?.spec?.template.spec?.containers[0]?.env?.find(({ name }) => name.startsWith('MODEL_SERVER')),
    { name: 'MODEL_SERVER_QWEN_URL', value: 'http://desk-model-qwen.desk.svc:8000/v1' },
  )
})

test('KEDA scales it on requests that wait and on its KV cache', () => {
  const plan = planOf({
    scaling: { by: 'keda', prometheus: 'http://prometheus:9090' },
    modelServers: { qwen: { ...SERVER, minReplicas: 0, maxReplicas: 6, cacheUse: 75 } },
  })
  const object = objectsOf<IScaledObject>(plan, 'ScaledObject').find(
    ({ metadata }) => metadata?.name === 'desk-model-qwen',
  )
  assert.deepEqual([object?.spec.minReplicaCount, object?.spec.maxReplicaCount], [1, 6])
  assert.deepEqual(
    object?.spec.triggers.map(({ metadata }) => [metadata.query?.replace(/\{.*\}/, ''), metadata.threshold]),
    [
      ['sum(vllm:num_requests_waiting)', '8'],
      ['sum(vllm:kv_cache_usage_perc)', '0.75'],
    ],
  )
})

test('Without KEDA there are as many as the fewest: CPU says nothing of a GPU', () => {
  const plan = serverOf({ minReplicas: 2 })
  assert.equal(deploymentOf(plan)?.spec?.replicas, 2)
  assert.equal(plan.modelServers[0]?.maxReplicas, 2)
})

type Server = NonNullable<DeploymentOptions['modelServers']>[string]

function serverOf(more: Partial<Server> = {}, settings: Readonly<Record<string, unknown>> = {}): Plan {
  return planOf({ modelServers: { qwen: { ...SERVER, ...more } } }, settings)
}

function deploymentOf(plan: Plan): IDeployment | undefined {
  return objectsOf<IDeployment>(plan, 'Deployment').find(({ metadata }) => metadata?.name === 'desk-model-qwen')
}

function podOf(plan: Plan) {
  return deploymentOf(plan)?.spec?.template.spec
}
