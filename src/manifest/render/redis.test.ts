import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IStatefulSet } from 'kubernetes-models/apps/v1'
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1'
import type { IConfigMap, IResourceQuota, IService } from 'kubernetes-models/v1'
import type { DeploymentOptions } from '../../core/deployment/schema.ts'
import { demandOf } from '../demand.ts'
import { objectsOf, planOf } from '../fixture.ts'
import { bytesOf } from '../quantity.ts'
import { renderManifests } from '../render.ts'
import { renderRedis } from './redis.ts'

const MANAGED = { kind: 'managed' } as const

const setsOf = (deployment: DeploymentOptions = {}): Readonly<Record<string, IStatefulSet>> =>
  Object.fromEntries(
    objectsOf<IStatefulSet>(planOf(deployment), 'StatefulSet').map((set) => [set.metadata?.name ?? '', set]),
  )
const podOf = (set: IStatefulSet | undefined) => set?.spec?.template.spec ?? assert.fail('no pod')
const containerOf = (set: IStatefulSet | undefined) => podOf(set).containers[0] ?? assert.fail('no container')
const fileOf = (name: string, deployment: DeploymentOptions = {}) =>
  objectsOf<IConfigMap>(planOf(deployment), 'ConfigMap').find(({ data }) => data?.[name] !== undefined)?.data?.[name] ??
  assert.fail(`no file ${name}`)

test('Pods find one another by the names that the agents are given, also before they are ready', () => {
  const plan = planOf()
  const services = objectsOf<IService>(plan, 'Service').filter(({ spec }) => spec?.clusterIP === 'None')
  for (const [name, set] of Object.entries(setsOf())) {
    const service = services.find(({ metadata }) => metadata?.name === set.spec?.serviceName)
    assert.equal(service?.spec?.publishNotReadyAddresses, true, name)
    assert.deepEqual(service?.spec?.selector, set.spec?.selector.matchLabels)
    const labels = set.spec?.template.metadata?.labels ?? {}
    for (const [label, value] of Object.entries(service?.spec?.selector ?? {})) assert.equal(labels[label], value)
    const [port] = service?.spec?.ports ?? []
    assert.deepEqual(
      containerOf(set).ports?.map((each) => [each.name, each.containerPort]),
      [[port?.targetPort, port?.port]],
    )
  }
  assert.equal(
    plan.settings['redis.sentinels'][1],
    'desk-redis-sentinel-1.desk-redis-sentinel.desk.svc:26379',
    'pod, Service, namespace',
  )
})

test('Each pod has an /etc/hosts of its own, which is made before the server starts', () => {
  for (const set of Object.values(setsOf())) {
    const [maker] = podOf(set).initContainers ?? []
    assert.deepEqual(maker?.command, ['sh', '/config/make-hosts.sh'])
    assert.deepEqual(maker?.securityContext, containerOf(set).securityContext)
    const run = maker?.volumeMounts?.find(({ mountPath }) => mountPath === '/run/redis')?.name
    const hosts = containerOf(set).volumeMounts?.find(({ mountPath }) => mountPath === '/etc/hosts')
    assert.deepEqual([hosts?.name, hosts?.subPath, hosts?.readOnly], [run, 'hosts', true])
    assert.match(fileOf('make-hosts.sh'), />"\$RUN\/hosts"/)
  }
})

test('No value of a password is in any manifest, nor in an argument or a variable', () => {
  for (const set of Object.values(setsOf())) {
    const { command = [], args = [], env = [] } = containerOf(set)
    assert.deepEqual(args, [])
    assert.ok(!command.join(' ').includes('$('))
    assert.deepEqual(
      env.filter(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined),
      [],
    )
    const sources = podOf(set).volumes?.find(({ name }) => name === 'passwords')?.projected?.sources
    assert.deepEqual(
      sources?.flatMap(({ secret }) => secret?.items?.map(({ key, path }) => `${secret.name} ${key} ${path}`) ?? []),
      ['desk-redis password polis', 'desk-redis-servers server server', 'desk-redis-servers probe probe'],
    )
  }
})

test('Probes and hooks execute scripts that are in the ConfigMap, with literal arguments', () => {
  for (const set of Object.values(setsOf())) {
    const { startupProbe, livenessProbe, readinessProbe, lifecycle, command = [] } = containerOf(set)
    const executed = [startupProbe?.exec, livenessProbe?.exec, readinessProbe?.exec, lifecycle?.preStop?.exec]
    const commands = [command, ...executed.flatMap((exec) => (exec?.command === undefined ? [] : [exec.command]))]
    assert.ok(commands.length >= 4)
    for (const [shell, path = '', ...rest] of commands) {
      assert.equal(shell, 'sh')
      assert.ok(fileOf(path.replace('/config/', '')).startsWith('# '))
      assert.ok(rest.every((word) => /^[a-z]+$/.test(word)))
    }
  }
})

test('Pods run under the restricted standard, without a token, on volumes that outlive them', () => {
  for (const set of Object.values(setsOf())) {
    const { securityContext, automountServiceAccountToken, enableServiceLinks } = podOf(set)
    assert.deepEqual([automountServiceAccountToken, enableServiceLinks], [false, false])
    assert.equal(securityContext?.runAsNonRoot, true)
    assert.equal(securityContext?.seccompProfile?.type, 'RuntimeDefault')
    assert.deepEqual(containerOf(set).securityContext?.capabilities, { drop: ['ALL'] })
    assert.equal(containerOf(set).securityContext?.readOnlyRootFilesystem, true)
    assert.deepEqual(set.spec?.persistentVolumeClaimRetentionPolicy, { whenDeleted: 'Retain', whenScaled: 'Retain' })
    assert.equal(set.spec?.podManagementPolicy, 'Parallel')
  }
})

test('Redis takes less data than its container has memory, and drops none of it', () => {
  const redis = { ...MANAGED, memory: '2Gi' }
  const conf = fileOf('redis.conf', { redis })
  const [, maxmemory] = /^maxmemory (\d+)$/m.exec(conf) ?? []
  const limit = containerOf(setsOf({ redis })['desk-redis']).resources?.limits?.memory
  assert.ok(Number(maxmemory) < bytesOf(String(limit)) * 0.8)
  assert.match(conf, /^maxmemory-policy noeviction$/m)
  assert.match(conf, /^appendonly yes$/m)
})

test('What a commit waits for is what the servers are set to', () => {
  assert.match(fileOf('redis.conf'), /^min-replicas-to-write 1$/m)
  assert.match(fileOf('redis.conf'), /^appendfsync everysec$/m)
  const single = fileOf('redis.conf', { redis: { ...MANAGED, replicas: 1 } })
  assert.doesNotMatch(single, /min-replicas/)
  assert.match(single, /^appendfsync always$/m)
})

test('TLS is for all or for none', () => {
  const redis = { ...MANAGED, tls: { enabled: true, secretName: 'wild' } }
  const plan = planOf({ redis })
  assert.deepEqual(
    [plan.settings['redis.ssl.enabled'], plan.settings['redis.ssl.ca_file']],
    [true, '/var/run/secrets/agentpolis/redis-tls/ca.crt'],
  )
  for (const set of Object.values(setsOf({ redis }))) {
    assert.equal(podOf(set).volumes?.find(({ name }) => name === 'tls')?.secret?.secretName, 'wild')
    assert.equal(containerOf(set).env?.find(({ name }) => name === 'TLS')?.value, '/tls')
  }
  for (const set of Object.values(setsOf()))
    assert.equal(containerOf(set).env?.find(({ name }) => name === 'TLS')?.value, '')
})

test('One pod at a time may be taken away', () => {
  const budgets = objectsOf<IPodDisruptionBudget>(planOf(), 'PodDisruptionBudget').filter(({ metadata }) =>
    metadata?.name?.startsWith('desk-redis'),
  )
  assert.deepEqual(
    budgets.map(({ spec }) => spec?.maxUnavailable),
    [1, 1],
  )
})

test('The quota has room for the volumes, those of Sentinels among them', () => {
  const plan = planOf()
  const [quota] = objectsOf<IResourceQuota>(plan, 'ResourceQuota')
  const claims = Object.values(setsOf()).map(({ spec }) => {
    const [claim] = spec?.volumeClaimTemplates ?? []
    return (spec?.replicas ?? 0) * bytesOf(String(claim?.spec?.resources?.requests?.storage))
  })
  const needed = claims.reduce((sum, bytes) => sum + bytes, bytesOf('20Gi'))
  assert.equal(demandOf(plan).storage, needed)
  assert.ok(bytesOf(String(quota?.spec?.hard?.['requests.storage'])) >= needed)
})

test('A Redis that others run needs no objects, and a changed file makes other pods', () => {
  const external = planOf({ redis: { kind: 'external' }, settings: { 'redis.host': 'redis.example' } })
  assert.deepEqual(renderRedis(external).objects, [])
  assert.ok(!renderManifests(external).some(({ file }) => file === 'backup.yaml'))
  const hash = (deployment: DeploymentOptions) =>
    setsOf(deployment)['desk-redis']?.spec?.template.metadata?.annotations?.['agentpolis.dev/files']
  assert.equal(hash({}), hash({}))
  assert.notEqual(hash({}), hash({ redis: { ...MANAGED, memory: '2Gi' } }))
})

test('Settings that contradict the servers are refused by name', () => {
  const redis = { ...MANAGED }
  for (const key of ['redis.host', 'redis.username', 'redis.port', 'redis.sentinel_name'])
    assert.throws(() => planOf({ redis, settings: { [key]: key === 'redis.port' ? 1 : 'x' } }), {
      code: 'INVALID_CONFIG',
      message: new RegExp(`settings ${key} is given, but deployment\\.redis is managed`),
    })
  assert.throws(() => planOf({ redis, settings: { 'redis.replicas': 3 } }), {
    code: 'INVALID_CONFIG',
    message: /redis\.replicas: expected at most 2/,
  })
  assert.equal(planOf({ redis, settings: { 'redis.replicas': 2 } }).settings['redis.replicas'], 2)
})
