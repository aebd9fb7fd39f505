import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IResourceQuota } from 'kubernetes-models/v1'
import type { DeploymentOptions } from '../../core/deployment/schema.ts'
import { UNSTATED } from '../demand.ts'
import { objectsOf, planOf, podsOf } from '../fixture.ts'
import type { Plan } from '../plan.ts'
import { bytesOf } from '../quantity.ts'

const SERVER = { model: 'Qwen/Qwen3-8B', gpus: 2 }
const DEPLOYMENTS: Readonly<Record<string, DeploymentOptions>> = {
  'no options': {},
  'roles apart': { roles: 'apart', api: { resources: { cpu: '1', memory: '2Gi', disk: '4Gi' } } },
  'model servers': {
    scaling: { by: 'keda', prometheus: 'http://prometheus:9090' },
    modelServers: { qwen: { ...SERVER, maxReplicas: 5 } },
  },
  'claimed devices': { modelServers: { qwen: { ...SERVER, deviceClass: 'gpu.nvidia.com', minReplicas: 2 } } },
  'nothing that scales': { scaling: { by: 'none' }, redis: { kind: 'external' }, settings: { 'redis.host': 'redis' } },
}

for (const [title, deployment] of Object.entries(DEPLOYMENTS)) {
  test(`The quota admits a deployment with ${title} at its largest, in the middle of a rollout`, () => {
    const plan = planOf(deployment)
    const [quota] = objectsOf<IResourceQuota>(plan, 'ResourceQuota')
    const hard = quota?.spec?.hard ?? {}
    for (const [name, needed] of Object.entries(needOf(plan)))
      assert.ok(bytesOf(String(hard[name])) >= needed, `${name}: ${hard[name]} for ${needed}`)
  })
}

test('GPUs are bounded by the only name that a quota enforces, claimed ones by their class', () => {
  const hardOf = (more: object) =>
    objectsOf<IResourceQuota>(
      planOf({ modelServers: { qwen: { ...SERVER, minReplicas: 2, ...more } } }),
      'ResourceQuota',
    )[0]?.spec?.hard
  assert.equal(hardOf({})?.['requests.nvidia.com/gpu'], '6')
  const claimed = hardOf({ deviceClass: 'gpu.nvidia.com' })
  assert.equal(claimed?.['gpu.nvidia.com.deviceclass.resource.k8s.io/devices'], '6')
  assert.equal(claimed?.['requests.nvidia.com/gpu'], '0')
})

test('Sidecars have their share, and what the deployment says wins', () => {
  const hardOf = (more: DeploymentOptions) => objectsOf<IResourceQuota>(planOf(more), 'ResourceQuota')[0]?.spec?.hard
  const memoryOf = (more: DeploymentOptions) => bytesOf(String(hardOf(more)?.['limits.memory']))
  assert.ok(memoryOf({ mesh: { kind: 'sidecar' } }) > memoryOf({}))
  assert.equal(hardOf({ quota: { disk: '7Gi' } })?.['requests.ephemeral-storage'], '7Gi')
})

// What the rendered pods would ask for: a release at its most beside the one before, all else with its surge.
function needOf(plan: Plan): Readonly<Record<string, number>> {
  const need: Record<string, number> = {}
  const add = (name: string, amount: number) => {
    need[name] = (need[name] ?? 0) + amount
  }
  for (const { name, count, pod } of podsOf(plan)) {
    const pods = mostOf(plan, name) ?? count
    add('pods', pods)
    for (const { resources } of pod.containers) {
      for (const [of, amount] of Object.entries({ 'ephemeral-storage': UNSTATED.disk, ...resources?.requests }))
        add(`requests.${of}`, pods * bytesOf(String(amount)))
      add('limits.memory', pods * bytesOf(String(resources?.limits?.memory)))
    }
  }
  return need
}

function mostOf(plan: Plan, name: string): number | undefined {
  const role = plan.roles.find((each) => each.name === name)
  if (role !== undefined) return role.executes ? 2 * role.maxReplicas : Math.ceil(1.25 * role.maxReplicas)
  const server = plan.modelServers.find((each) => each.name === name)
  return server === undefined ? undefined : server.maxReplicas + 1
}
