import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { parseAllDocuments } from 'yaml'
import { createPlan } from '../../src/manifest/create-plan.ts'
import { exportChart } from '../../src/manifest/helm/export-chart.ts'
import { MARKS, markDeployment } from '../../src/manifest/helm/mark.ts'
import type { KubernetesObject } from '../../src/manifest/object.ts'
import { nameOf } from '../../src/manifest/object.ts'
import type { Plan } from '../../src/manifest/plan.ts'
import { renderManifests } from '../../src/manifest/render.ts'
import { getHelm } from './helm.ts'

const KEDA = { by: 'keda', prometheus: 'http://prometheus.monitoring:9090' }
const OUTSIDE = {
  hosts: ['desk.example', 'api.desk.example'],
  gateway: 'istio-system/main',
  gatewayPrincipal: 'cluster.local/ns/istio-system/sa/gateway',
}
const DIGEST = `sha256:${'0'.repeat(64)}`

/** Deployments that use what there is, by what is particular of them. */
const DEPLOYMENTS = {
  'nothing said': {},
  'roles apart, KEDA, a PodMonitor': { roles: 'apart', scaling: KEDA, monitoring: { podMonitor: true } },
  'sidecars, hosts, GPUs': {
    mesh: { kind: 'sidecar', ...OUTSIDE },
    modelServers: { qwen: { model: 'Qwen/Qwen3-8B' } },
  },
  'ambient, compliance, External Secrets': {
    mesh: { kind: 'ambient', ...OUTSIDE },
    labels: { compliance: ['soc2'], owner: 'desk', costCentre: '1234', more: { note: 'yes' } },
    ...{ image: { digest: DIGEST }, redis: { kind: 'managed', image: `redis@${DIGEST}` } },
    secrets: { provider: 'external-secrets', store: { name: 'vault' }, apiKeys: { OPENAI_API_KEY: 'desk/openai' } },
  },
} as const

const helm = await getHelm().catch((reason: Error) => reason)
const skip = typeof helm !== 'string' && `Helm cannot be had: ${helm.message}`

describe('A chart, by Helm itself', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'polis-chart-'))
  after(() => rmSync(folder, { recursive: true, force: true }))

  for (const [title, deployment] of Object.entries(DEPLOYMENTS)) {
    test(`With its own values it gives the objects that are rendered: ${title}`, async () => {
      const { plan, chart } = write(folder, title, { ...deployment, namespace: 'somewhere' })
      await run('lint', '--strict', chart)
      const objects = await template(chart, '--namespace', 'somewhere', '--set', 'namespace.create=true')
      const rendered = new Map(
        renderManifests(plan).flatMap(({ objects }) => objects.map((each) => [nameOf(each), each])),
      )
      assert.deepEqual([...objects.keys()].sort(), [...rendered.keys()].sort())
      for (const [name, object] of rendered) assert.deepEqual(objects.get(name), plain(object), name)
    })

    test(`In another namespace nothing of the first is left: ${title}`, async () => {
      const { chart } = write(folder, title, { ...deployment, namespace: 'somewhere' })
      const objects = await template(chart, '--namespace', 'elsewhere')
      assert.doesNotMatch(JSON.stringify([...objects.values()]), /somewhere/)
      assert.equal(
        [...objects.values()].some(({ kind }) => kind === 'Namespace'),
        false,
      )
    })
  }

  test('Its values decide the image, the bounds, resources, labels and hosts', async () => {
    const { plan, chart } = write(folder, 'values', DEPLOYMENTS['sidecars, hosts, GPUs'])
    const values = {
      image: { repository: 'mirror.example/desk', tag: 'v2' },
      labels: { team: 'x' },
      keepReleases: false,
    }
    const roles = { all: { minReplicas: 7, resources: { requests: { cpu: '2' } } } }
    writeFileSync(join(folder, 'values.json'), JSON.stringify({ ...values, roles, hosts: ['a.test', 'b.test'] }))
    const objects = await template(chart, '--values', join(folder, 'values.json'))
    const all = [...objects.values()]
    const text = JSON.stringify(all)
    assert.doesNotMatch(text, /desk\.example|resource-policy/)
    assert.match(text, /"a\.test"/)
    assert.ok(all.every(({ metadata }) => metadata.labels?.team === 'x'))
    const worker = JSON.stringify(
      all.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === plan.roles[0]?.name),
    )
    assert.match(worker, /"image":"mirror\.example\/desk:v2"/)
    assert.match(worker, /"requests":\{"cpu":"2"/)
    assert.match(JSON.stringify(all.find(({ kind }) => kind === 'HorizontalPodAutoscaler')), /"minReplicas":7/)
  })
})

function write(folder: string, title: string, deployment: object): { readonly plan: Plan; readonly chart: string } {
  const shared = { packageName: 'desk', environment: undefined, settings: {}, agents: { desk: 'r1' } }
  const plan = createPlan({ ...shared, deployment })
  const marked = createPlan({ ...shared, deployment: markDeployment(deployment, undefined, plan), image: MARKS.image })
  const chart = join(folder, title.replaceAll(/\W+/g, '-'))
  for (const { path, text } of exportChart(plan, marked, '1.0.0')) {
    mkdirSync(dirname(join(chart, path)), { recursive: true })
    writeFileSync(join(chart, path), text)
  }
  return { plan, chart }
}

async function template(chart: string, ...args: readonly string[]): Promise<ReadonlyMap<string, KubernetesObject>> {
  const text = await run('template', 'desk', chart, ...args)
  const objects = parseAllDocuments(text, { version: '1.1' }).map(
    (document) => document.toJS() as KubernetesObject | null,
  )
  return new Map(objects.filter((object) => object !== null).map((object) => [nameOf(object), withoutHelm(object)]))
}

// Helm's own annotation is for Helm.
function withoutHelm(object: KubernetesObject): KubernetesObject {
  const { annotations, ...metadata } = object.metadata
  const others = Object.entries(annotations ?? {}).filter(([key]) => !key.startsWith('helm.sh/'))
  return {
    ...object,
    metadata: { ...metadata, ...(others.length === 0 ? {} : { annotations: Object.fromEntries(others) }) },
  }
}

// As it travels: without fields that are undefined.
function plain(object: KubernetesObject): unknown {
  return JSON.parse(JSON.stringify(object))
}

async function run(...args: readonly string[]): Promise<string> {
  // Only where the file was found is anything of this run.
  const { stdout } = await promisify(execFile)(String(helm), args, { maxBuffer: 64 * 1024 * 1024, timeout: 60_000 })
  return stdout
}
