import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { IDeployment } from 'kubernetes-models/apps/v1'
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1'
import type { IConfigMap, IService, IServiceAccount } from 'kubernetes-models/v1'
import type { DeploymentOptions } from '../../core/deployment/schema.ts'
import { PROBES } from '../../core/ports.ts'
import { environmentName, SETTINGS } from '../../core/settings.ts'
import { objectsOf, planOf, podsOf } from '../fixture.ts'
import type { Plan } from '../plan.ts'

const EVERYTHING: DeploymentOptions = {
  roles: 'apart',
  redis: { kind: 'managed', tls: { enabled: true } },
  secrets: {
    apiKeys: { OPENAI_API_KEY: true },
    access: { 'api-keys.json': true },
    jwt: { 'jwks.json': true },
  },
  modelServers: { qwen: { model: 'Qwen/Qwen3-8B' } },
  env: { SHOP: 'north' },
}

const PLANS: Readonly<Record<string, Plan>> = {
  'no options': planOf(),
  'roles apart, with everything': planOf(EVERYTHING),
  'other ports and times': planOf(
    { drainTimeout: '2m' },
    { 'server.port': 9000, 'prometheus.enabled': false, 'agent.graceful_shutdown_timeout': 300 },
  ),
}

/** Those that spread requests over pods: a headless one gives the pods of Redis their names. */
const servicesOf = (plan: Plan) => objectsOf<IService>(plan, 'Service').filter(({ spec }) => spec?.clusterIP !== 'None')

for (const [title, plan] of Object.entries(PLANS)) {
  const deployments = objectsOf<IDeployment>(plan, 'Deployment')

  describe(`Deployments of a plan with ${title}`, () => {
    test('Selectors match the labels of the pods, and those of the budget are the same', () => {
      const budgets = objectsOf<IPodDisruptionBudget>(plan, 'PodDisruptionBudget')
      for (const { metadata, spec } of deployments) {
        assert.ok(isWithin(spec?.selector.matchLabels, spec?.template.metadata?.labels))
        const budget = budgets.find((each) => each.metadata?.name === metadata?.name)
        assert.deepEqual(budget?.spec?.selector, spec?.selector)
        assert.equal(budget?.spec?.unhealthyPodEvictionPolicy, 'AlwaysAllow')
      }
    })

    test('Every Service finds pods by their labels, at ports that these have', () => {
      for (const { spec } of servicesOf(plan)) {
        const found = deployments.filter(({ spec: each }) => isWithin(spec?.selector, each?.template.metadata?.labels))
        assert.notEqual(found.length, 0)
        for (const deployment of found)
          for (const { targetPort, appProtocol } of spec?.ports ?? []) {
            assert.ok(portNames(deployment).includes(String(targetPort)))
            assert.equal(appProtocol, 'http')
          }
      }
    })

    test('Probes ask ports that the container has, and wait for its checks', () => {
      for (const deployment of deployments) {
        const { startupProbe, livenessProbe, readinessProbe } = containerOf(deployment)
        for (const probe of [startupProbe, livenessProbe, readinessProbe])
          assert.ok(portNames(deployment).includes(String(probe?.httpGet?.port)))
      }
    })

    test('A pod has more time to end than its hook and its drain take', () => {
      for (const deployment of agents(plan)) {
        const pod = deployment.spec?.template.spec
        const hook = containerOf(deployment).lifecycle?.preStop?.sleep?.seconds ?? Number.NaN
        assert.ok((pod?.terminationGracePeriodSeconds ?? 0) >= hook + plan.deadlines.grace)
        assert.ok(plan.deadlines.grace > plan.deadlines.drain)
      }
    })

    test('Every pod keeps to the restricted standard, has no token and no links to Services', () => {
      for (const deployment of deployments) {
        const pod = deployment.spec?.template.spec
        const { securityContext } = containerOf(deployment)
        assert.equal(pod?.automountServiceAccountToken, false)
        assert.equal(pod?.enableServiceLinks, false)
        assert.equal(pod?.securityContext?.runAsNonRoot, true)
        assert.ok((pod?.securityContext?.runAsUser ?? 0) > 0)
        assert.deepEqual(pod?.securityContext?.seccompProfile, { type: 'RuntimeDefault' })
        assert.deepEqual(securityContext?.capabilities, { drop: ['ALL'] })
        assert.equal(securityContext?.allowPrivilegeEscalation, false)
        assert.equal(securityContext?.readOnlyRootFilesystem, true)
      }
    })

    test('Every account that pods name exists, without a token, and each is named', () => {
      const accounts = objectsOf<IServiceAccount>(plan, 'ServiceAccount')
      assert.deepEqual(
        accounts.map(({ metadata }) => metadata?.name).sort(),
        [...new Set(podsOf(plan).map(({ pod }) => pod.serviceAccountName))].sort(),
      )
      assert.ok(accounts.every(({ automountServiceAccountToken }) => automountServiceAccountToken === false))
    })

    test('Every mount has its volume, and no name of a variable comes twice', () => {
      for (const deployment of deployments) {
        const { volumeMounts = [], env = [] } = containerOf(deployment)
        const volumes = deployment.spec?.template.spec?.volumes ?? []
        assert.deepEqual(
          volumeMounts.map(({ name }) => name),
          volumes.map(({ name }) => name),
        )
        assert.equal(new Set(env.map(({ name }) => name)).size, env.length)
      }
    })

    test('Every container says what it asks for, and has no more memory and disk than that', () => {
      for (const deployment of deployments) {
        const { requests, limits } = containerOf(deployment).resources ?? {}
        assert.ok(requests?.cpu)
        for (const name of ['memory', 'ephemeral-storage']) assert.equal(requests?.[name], limits?.[name])
      }
    })

    test('Every variable of the ConfigMap is a setting', () => {
      const names = new Set(Object.keys(SETTINGS).map(environmentName))
      const [settings] = objectsOf<IConfigMap>(plan, 'ConfigMap')
      assert.deepEqual(
        Object.keys(settings?.data ?? {}).filter((name) => !names.has(name)),
        [],
      )
    })
  })
}

test('Pods that execute have a Deployment of their release, and the Service finds those of it alone', () => {
  const plan = planOf()
  const [deployment] = agents(plan)
  assert.equal(deployment?.metadata?.name, `desk-${plan.release}`)
  assert.equal(deployment?.spec?.selector.matchLabels?.['agentpolis.dev/release'], plan.release)
  assert.deepEqual(containerOf(deployment).args, ['serve', '--role', 'all'])
  const [service] = servicesOf(plan)
  assert.deepEqual(service?.spec?.selector, {
    ...{ 'app.kubernetes.io/name': 'desk', 'agentpolis.dev/serves': 'api' },
    'agentpolis.dev/release': plan.release,
  })
})

test('Roles apart: the API has one Deployment for all releases, and workers are not behind the Service', () => {
  const plan = planOf({ roles: 'apart' })
  const [api, worker] = agents(plan)
  assert.equal(api?.metadata?.name, 'desk-api')
  assert.equal(worker?.metadata?.name, `desk-worker-${plan.release}`)
  assert.deepEqual(
    [api, worker].map((each) => each?.spec?.template.metadata?.labels?.['agentpolis.dev/serves']),
    ['api', undefined],
  )
  assert.deepEqual(containerOf(worker).args, ['serve', '--role', 'worker'])
})

test("Probes are the server's own", () => {
  const { startupProbe, livenessProbe, readinessProbe } = containerOf(agents(planOf())[0])
  assert.deepEqual(readinessProbe, {
    httpGet: { path: PROBES.readiness.path, port: 'http' },
    periodSeconds: Math.max(PROBES.readiness.period, 6),
    timeoutSeconds: 6,
    failureThreshold: PROBES.readiness.failures,
  })
  assert.equal(startupProbe?.httpGet?.path, PROBES.startup.path)
  assert.equal(livenessProbe?.httpGet?.path, PROBES.liveness.path)
})

test('An update takes no pod away before another is ready', () => {
  assert.deepEqual(agents(planOf())[0]?.spec?.strategy?.rollingUpdate, { maxSurge: '25%', maxUnavailable: 0 })
})

test('A Deployment says how many pods there are only where nothing scales it', () => {
  const replicas = (by: 'hpa' | 'keda' | 'none') =>
    agents(planOf({ scaling: { by, prometheus: 'http://prometheus:9090' } }))[0]?.spec?.replicas
  assert.deepEqual([replicas('hpa'), replicas('keda'), replicas('none')], [undefined, undefined, 3])
})

test('Secrets reach a process key by key: as variables, or as files that only it can read', () => {
  const [api] = agents(planOf(EVERYTHING))
  const { env, volumeMounts } = containerOf(api)
  assert.deepEqual(
    env?.find(({ name }) => name === 'OPENAI_API_KEY'),
    { name: 'OPENAI_API_KEY', valueFrom: { secretKeyRef: { name: 'desk-api-keys', key: 'OPENAI_API_KEY' } } },
  )
  const volumes = api?.spec?.template.spec?.volumes ?? []
  assert.deepEqual(
    volumes.find(({ name }) => name === 'secret-access'),
    {
      name: 'secret-access',
      secret: {
        secretName: 'desk-access',
        defaultMode: 0o440,
        items: [{ key: 'api-keys.json', path: 'api-keys.json' }],
      },
    },
  )
  const certificate = volumes.find(({ name }) => name === 'redis-ca')?.secret
  assert.deepEqual(certificate?.items, [{ key: 'ca.crt', path: 'ca.crt' }])
  assert.equal(certificate?.secretName, 'desk-redis-tls')
  const settings = planOf(EVERYTHING).settings
  const mounts = volumeMounts?.map(({ mountPath }) => mountPath) ?? []
  for (const file of [settings['auth.api_keys_file'], settings['redis.password_file'], settings['redis.ssl.ca_file']])
    assert.ok(mounts.some((folder) => file?.startsWith(`${folder}/`)))
})

test('A process may write to its temporary folder and to .polis, as much as it asked for', () => {
  const [deployment] = agents(planOf({ worker: { resources: { disk: '3Gi' } } }))
  const writable = containerOf(deployment).volumeMounts?.filter(({ readOnly }) => readOnly !== true)
  assert.deepEqual(
    writable?.map(({ mountPath }) => mountPath),
    ['/tmp', '/app/.polis'],
  )
  const limits = deployment?.spec?.template.spec?.volumes?.flatMap(({ emptyDir }) => emptyDir?.sizeLimit ?? [])
  assert.deepEqual(limits, ['3Gi', '3Gi'])
  assert.equal(containerOf(deployment).resources?.limits?.['ephemeral-storage'], '3Gi')
})

test('Other settings make other pods', () => {
  const hashOf = (settings: Readonly<Record<string, unknown>>) =>
    agents(planOf({}, settings))[0]?.spec?.template.metadata?.annotations?.['agentpolis.dev/settings']
  assert.equal(hashOf({}), hashOf({}))
  assert.notEqual(hashOf({}), hashOf({ 'log.level': 'debug' }))
})

test('Pods are spread over zones and nodes, version by version', () => {
  const constraints = agents(planOf())[0]?.spec?.template.spec?.topologySpreadConstraints
  assert.deepEqual(
    constraints?.map(({ topologyKey, whenUnsatisfiable, matchLabelKeys }) => [
      topologyKey,
      whenUnsatisfiable,
      matchLabelKeys,
    ]),
    [
      ['topology.kubernetes.io/zone', 'ScheduleAnyway', ['pod-template-hash']],
      ['kubernetes.io/hostname', 'ScheduleAnyway', ['pod-template-hash']],
    ],
  )
})

test('A node that is not heard of is given up soon, in each state that Kubernetes has for it', () => {
  const tolerations = agents(planOf())[0]?.spec?.template.spec?.tolerations
  assert.deepEqual(
    tolerations?.map(({ key, effect, tolerationSeconds }) => [key, effect, tolerationSeconds]),
    [
      ['node.kubernetes.io/not-ready', 'NoExecute', 30],
      ['node.kubernetes.io/unreachable', 'NoExecute', 30],
    ],
  )
})

test('What the deployment says of pods is what they have', () => {
  const [deployment] = agents(
    planOf({
      priorityClass: 'agents.high',
      nodeSelector: { disk: 'fast' },
      image: { pullSecrets: ['registry'], pullPolicy: 'Never' },
      worker: { resources: { cpu: '2', cpuLimit: '4', memory: '3Gi' } },
      labels: { owner: 'desk-team' },
    }),
  )
  const pod = deployment?.spec?.template.spec
  assert.equal(pod?.priorityClassName, 'agents.high')
  assert.deepEqual(pod?.nodeSelector, { disk: 'fast' })
  assert.deepEqual(pod?.imagePullSecrets, [{ name: 'registry' }])
  assert.equal(containerOf(deployment).imagePullPolicy, 'Never')
  assert.equal(containerOf(deployment).resources?.limits?.cpu, '4')
  assert.equal(containerOf(deployment).resources?.requests?.cpu, '2')
  assert.equal(deployment?.spec?.template.metadata?.labels?.owner, 'desk-team')
})

test('A port that nobody could know is refused', () => {
  assert.throws(() => planOf({}, { 'server.port': 0 }), { code: 'INVALID_CONFIG', message: /server\.port: .* got 0/ })
})

function agents(plan: Plan): readonly IDeployment[] {
  const names = new Set(plan.roles.map(({ name }) => name))
  return objectsOf<IDeployment>(plan, 'Deployment').filter(({ metadata }) => names.has(metadata?.name ?? ''))
}

function containerOf(deployment: IDeployment | undefined) {
  const [container] = deployment?.spec?.template.spec?.containers ?? []
  assert.ok(container)
  return container
}

function portNames(deployment: IDeployment): (string | undefined)[] {
  return containerOf(deployment).ports?.map(({ name }) => name) ?? []
}

function isWithin(
  few: Readonly<Record<string, string>> | undefined,
  many: Readonly<Record<string, string>> = {},
): boolean {
  return few !== undefined && Object.entries(few).every(([key, value]) => many[key] === value)
}
