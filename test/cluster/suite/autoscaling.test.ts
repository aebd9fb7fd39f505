import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1'
import { type Client, createClient } from '../../../src/client/index.ts'
import { createApiKey } from '../../../src/core/api-key.ts'
import { until } from '../api/until.ts'
import { type Autoscaler, observeAutoscaler } from '../extension/autoscaler.ts'
import { install } from '../extension/install.ts'
import { makePrometheus, type Prometheus } from '../extension/prometheus.ts'
import { skipWithoutExtensions } from '../extension/requirement.ts'
import { buildPackage, writeProductImage, writeRedisImage } from '../image/product.ts'
import { kubectl, type Output, run } from '../kubectl.ts'
import { readDefinitions } from '../kubernetes/definition.ts'
import { lostOf } from '../load.ts'
import { type Machines, startMachines } from '../node/start-machines.ts'
import { define } from '../open-cluster.ts'

const ROOT = join(import.meta.dirname, '../../..')
const FIXTURE = join(import.meta.dirname, '../fixture/scaled')

/** What the fixture says. */
const [FEWEST, MOST, ACTIVE_PER_POD, MOST_ACTIVE] = [2, 6, 2, 4]

/** Machines are slow that build something beside. */
const LIMIT = { limit: 300_000, every: 250 }

let machines: Machines
let prometheus: Prometheus
let folder: string
let client: Client
let autoscaler: Autoscaler
const { key, record } = createApiKey({
  id: 'test',
  tenant: 'default',
  scopes: ['runs:read', 'runs:write', 'releases:read'],
  secret: randomBytes(32),
})

suite('Pods are scaled by the real controllers', { skip: skipWithoutExtensions() }, () => {
  before(async () => {
    // Below the checkout, where the project finds `agentpolis`.
    await mkdir(join(ROOT, '.polis'), { recursive: true })
    folder = await mkdtemp(join(ROOT, '.polis/cluster-'))
    await cp(FIXTURE, join(folder, 'project'), { recursive: true })
    machines = await startMachines(['one', 'two'], { aggregates: true })
    prometheus = await makePrometheus(machines)
    await buildPackage()
    await machines.importImage(await writeRedisImage(folder, 'localhost/redis:1'))
    await machines.importImage(await writeProductImage(folder, 'localhost/scaled:1', join(folder, 'project')))
    // KEDA brings its own.
    await define(
      machines.client,
      (await readDefinitions()).filter(({ metadata }) => metadata.name.includes('monitor')),
    )
    await Promise.all([install(machines, 'metrics-server', folder), install(machines, 'keda', folder)])
  })
  after(async () => {
    await prometheus?.[Symbol.asyncDispose]()
    await machines?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  suite('with KEDA', () => {
    const namespace = 'scaled-keda'
    before(() => deploy('keda', namespace))
    after(() => remove(namespace))

    test('Every trigger has its metric, and there are as few pods as there may be', async () => {
      await prometheus.start(
        (await read(`/apis/monitoring.coreos.com/v1/namespaces/${namespace}/podmonitors`)).items[0],
      )
      await until('every trigger is measured', measured, LIMIT)
      await until(
        'nothing is to be done',
        async () => ((await autoscaler.replicas()) === FEWEST ? true : undefined),
        LIMIT,
      )
      assert.deepEqual([...(await metrics()).keys()].sort(), ['active', 'cpu', 'memory', 'p95', 'queue'])
    })

    test('What a pod reports of its routes is told apart, so that probes count for nothing', async () => {
      const probes = 'sum(http_request_duration_seconds_count{endpoint="/ready"})'
      await until('probes are told apart', async () => await prometheus.value(probes), LIMIT)
      assert.equal(await prometheus.value('sum(http_request_duration_seconds_count{endpoint="metrics"})'), undefined)
    })

    test('Runs in execution bring as many pods as the formula says, and these go when the runs are over', async (t) => {
      const runs = 5 * ACTIVE_PER_POD
      const since = stopwatch(t)
      const ids = await submit('keeper', runs, 120)
      await until('all runs are in execution', async () => ((await query('active')) === runs ? true : undefined), LIMIT)
      since(`${runs} runs were in execution`)
      await until('the pods are ready', () => areReady(runs / ACTIVE_PER_POD), LIMIT)
      since(`${runs / ACTIVE_PER_POD} pods were ready`)
      const { desiredReplicas } = await autoscaler.status()
      assert.equal(desiredReplicas, Math.ceil(runs / ACTIVE_PER_POD))
      assert.equal((await metrics()).get('active'), String(ACTIVE_PER_POD))
      assert.deepEqual(await lostOf(client, ids), [])
      const back = stopwatch(t)
      await until('the pods are gone', () => areReady(FEWEST), LIMIT)
      back(`${FEWEST} pods were left`)
    })

    test('Every pod reports the same queue, which counts once', async () => {
      const ids = await submit('keeper', (MOST + 2) * MOST_ACTIVE, 600)
      await until('there are as many pods as there may be', () => areReady(MOST), LIMIT)
      const queued = 2 * MOST_ACTIVE
      const sum = `sum(workflow_queue_depth{namespace="${namespace}"})`
      await until(
        'all pods report the queue',
        async () => {
          const [once, all] = [await query('queue'), await prometheus.value(sum)]
          if (once === queued && all === MOST * queued) return true
          throw new Error(`the trigger has ${once}, the pods together ${all}`)
        },
        LIMIT,
      )
      // Left for the next test.
      running = ids
    })

    test('Without Prometheus no pod goes, though nothing is left to do', async (t) => {
      await prometheus.stop()
      const since = stopwatch(t)
      for (const id of running) await client.runs.cancel(id)
      await until(
        'the autoscaler misses a metric',
        () => conditionOf('ScalingActive', 'FailedGetExternalMetric'),
        LIMIT,
      )
      since('the autoscaler missed a metric')
      await until('KEDA falls back', async () => await fallsBack('True'), LIMIT)
      since('KEDA fell back')
      await until('the autoscaler knows its metrics', () => conditionOf('ScalingActive', 'ValidMetricFound'), LIMIT)
      const left = await autoscaler.looks(20)
      since('the autoscaler had looked 20 times more')
      assert.deepEqual([...new Set(left)], [MOST])
      assert.equal((await autoscaler.status()).desiredReplicas, MOST)
    })

    test('A Prometheus that has lost the pods is none', async () => {
      await prometheus.start()
      await until('it does not know the pods', async () => ((await query('active')) === undefined ? true : undefined))
      assert.deepEqual([...new Set(await autoscaler.looks(10))], [MOST])
      assert.equal(await fallsBack('True'), true)
    })

    test('Once Prometheus knows them again, the pods that are not needed go', async (t) => {
      const since = stopwatch(t)
      await prometheus.start(
        (await read(`/apis/monitoring.coreos.com/v1/namespaces/${namespace}/podmonitors`)).items[0],
      )
      await until('KEDA falls back no more', async () => await fallsBack('False'), LIMIT)
      since('KEDA fell back no more')
      await until('the pods are gone', () => areReady(FEWEST), LIMIT)
      since(`${FEWEST} pods were left`)
    })
  })

  suite('without KEDA', () => {
    const namespace = 'scaled-hpa'
    before(() => deploy('hpa', namespace))
    after(() => remove(namespace))

    test('Processors in use bring pods, which go when the work is done', async (t) => {
      await until('CPU and memory are measured', measured, LIMIT)
      await until('nothing is to be done', () => areReady(1), LIMIT)
      const since = stopwatch(t)
      const ids = await submit('burner', 3, 60)
      await until('the pods are ready', () => areReady(3), LIMIT)
      since('3 pods were ready')
      assert.deepEqual(await lostOf(client, ids), [])
      const back = stopwatch(t)
      await until('the pods are gone', () => areReady(1), LIMIT)
      back('1 pod was left')
    })

    test('Without the metrics server no pod goes', async (t) => {
      const ids = await submit('burner', 3, 60)
      await until('the pods are ready', () => areReady(3), LIMIT)
      succeeded(await control('kube-system', 'scale', 'deployment/metrics-server', '--replicas=0'))
      const since = stopwatch(t)
      assert.deepEqual(await lostOf(client, ids), [])
      const missed = () => conditionOf('ScalingActive', 'FailedGetContainerResourceMetric')
      await until('the autoscaler misses its metrics', missed, LIMIT)
      since('the autoscaler missed its metrics')
      assert.deepEqual([...new Set(await autoscaler.looks(15))], [3])
      // Namespaces are not removed either while a part of the API is missing.
      succeeded(await control('kube-system', 'scale', 'deployment/metrics-server', '--replicas=1'))
      await until('the pods are gone', () => areReady(1), LIMIT)
      since('the metrics server was back, and 1 pod was left')
    })
  })
})

let running: readonly string[] = []
let space = ''

/** Applies an environment of the project, with who may call, and waits until it is reached. */
async function deploy(environment: string, namespace: string): Promise<void> {
  space = namespace
  succeeded(await control('default', 'create', 'namespace', namespace))
  const file = `--from-literal=api-keys.json=${JSON.stringify(record)}`
  succeeded(await control(namespace, 'create', 'secret', 'generic', 'scaled-access', file))
  const args = ['apply', '--env', environment, '--timeout', '8m', '--no-rollback']
  const env = { KUBECONFIG: machines.plane.kubeconfig, POLIS_API_KEY: key }
  succeeded(await run(process.execPath, [join(ROOT, 'src/main.ts'), ...args], { cwd: join(folder, 'project'), env }))
  const { spec } = await read(`/api/v1/namespaces/${namespace}/services/scaled`)
  const url = `http://${spec.clusterIP}:${spec.ports[0].port}`
  await until('the Service is reached', async () => ((await fetch(`${url}/health`)).ok ? true : undefined))
  client = createClient({ url, apiKey: key })
  autoscaler = await observeAutoscaler(machines, namespace)
}

async function remove(namespace: string): Promise<void> {
  succeeded(await control('default', 'delete', 'namespace', namespace, '--wait', '--timeout=3m'))
}

async function submit(agent: string, count: number, seconds: number): Promise<readonly string[]> {
  const views = Array.from({ length: count }, () => client.runs.submit({ agent, input: { seconds } }))
  return (await Promise.all(views)).map(({ run: id }) => id)
}

async function areReady(count: number): Promise<true | undefined> {
  const [replicas, ready] = [await autoscaler.replicas(), await autoscaler.ready()]
  if (replicas === count && ready === count) return true
  throw new Error(`${ready} are ready of ${replicas}`)
}

/** Whether every metric has a value. */
async function measured(): Promise<true | undefined> {
  const { currentMetrics = [], conditions } = await autoscaler.status()
  const all = [...(await metrics()).values()]
  if (all.length > 0 && all.length === currentMetrics.length && all.every((value) => value !== '')) return true
  throw new Error(JSON.stringify(conditions))
}

/** The last value of each metric, by the name of its trigger; without one, ''. */
async function metrics(): Promise<ReadonlyMap<string, string>> {
  const { currentMetrics = [] } = await autoscaler.status()
  const all = currentMetrics.map(async ({ external, containerResource }): Promise<readonly [string, string]> => {
    const { value, averageValue } = external?.current ?? {}
    if (external !== undefined) return [await triggerOf(external.metric.name), averageValue ?? value ?? '']
    const { name = '', current } = containerResource ?? {}
    return [name, String(current?.averageUtilization ?? '')]
  })
  return new Map(await Promise.all(all))
}

// KEDA numbers them.
async function triggerOf(metric: string): Promise<string> {
  const [, index] = /^s(\d+)-/.exec(metric) ?? []
  return (await scaledObject()).spec.triggers[Number(index)]?.name ?? metric
}

async function conditionOf(type: string, reason: string): Promise<true | undefined> {
  const { conditions } = await autoscaler.status()
  if (conditions.some((condition) => condition.type === type && condition.reason === reason)) return true
  throw new Error(JSON.stringify(conditions))
}

async function scaledObject(): Promise<IScaledObject> {
  return (await read(`/apis/keda.sh/v1alpha1/namespaces/${space}/scaledobjects`)).items[0]
}

/** What Prometheus answers to the query of a trigger. */
async function query(trigger: string): Promise<number | undefined> {
  const { spec } = await scaledObject()
  const { metadata } = spec.triggers.find(({ name }) => name === trigger) ?? {}
  return prometheus.value(metadata?.query ?? '')
}

async function fallsBack(status: 'True' | 'False'): Promise<true | undefined> {
  const { conditions = [] } = (await scaledObject()).status ?? {}
  return conditions.some((condition) => condition.type === 'Fallback' && condition.status === status) ? true : undefined
}

// biome-ignore lint/suspicious/noExplicitAny: as with the client, tests read single fields of what the API server has
async function read(path: string): Promise<any> {
  return (await machines.client.ask('GET', path)).body
}

function control(namespace: string, ...args: readonly string[]): Promise<Output> {
  return kubectl(machines.plane.kubeconfig, ['--namespace', namespace, ...args])
}

function succeeded(output: Output): Output {
  assert.equal(output.code, 0, `${output.stdout}\n${output.stderr}`)
  return output
}

/** Tells how long something took. */
function stopwatch(t: { diagnostic(message: string): void }): (what: string) => void {
  const started = performance.now()
  return (what) => t.diagnostic(`${what} after ${((performance.now() - started) / 1000).toFixed(1)} s`)
}
