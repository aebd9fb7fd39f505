import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Answer } from '../api/client.ts'
import { until } from '../api/until.ts'
import { type Deployed, deploy } from '../deploy.ts'
import { type Cluster, openCluster, skipWithoutCluster } from '../open-cluster.ts'
import { VARIANTS, type Variant } from '../variant.ts'

let cluster: Cluster

// Without pods of its own whose number changes meanwhile: only what the test makes counts.
suite('The quota of a namespace', { skip: skipWithoutCluster() }, () => {
  before(async () => {
    cluster = await openCluster()
  })
  after(() => cluster[Symbol.asyncDispose]())

  test('A pod that asks for more memory than is left is refused, and one that fits is admitted', async (t) => {
    const { namespace } = await withQuota(t, cluster)
    const { status, body } = await createPod(namespace, { memory: '100Ti' })
    assert.equal(status, 403)
    assert.match(body.message, /exceeded quota: .*requests\.memory=100Ti/)
    const fitting = await createPod(namespace, { memory: '16Mi' })
    assert.equal(fitting.status, 201, fitting.body.message)
  })

  test('A pod that asks for a GPU is refused where the deployment has no model server', async (t) => {
    const { namespace } = await withQuota(t, cluster)
    const { status, body } = await createPod(namespace, { memory: '16Mi', 'nvidia.com/gpu': '1' })
    assert.equal(status, 403)
    assert.match(body.message, /exceeded quota: .*requests\.nvidia\.com\/gpu=1/)
  })

  test('A container that says nothing of itself gets what the LimitRange says', async (t) => {
    const { namespace, objects } = await withQuota(t, cluster)
    const { status, body } = await createPod(namespace, undefined)
    assert.equal(status, 201, body.message)
    const [{ resources }] = body.spec.containers
    const range = objects.find(({ kind }) => kind === 'LimitRange')
    assert.ok(range)
    const [said] = (range.spec as { readonly limits: readonly { default: unknown; defaultRequest: unknown }[] }).limits
    assert.deepEqual(resources, { limits: said?.default, requests: said?.defaultRequest })
  })
})

async function withQuota(t: Parameters<typeof deploy>[0], { client }: Cluster): Promise<Deployed> {
  const [variant] = VARIANTS as readonly [Variant]
  const deployed = await deploy(t, cluster, variant)
  assert.ok(deployed)
  // Admission goes by the status, which a controller fills in.
  await until('the quota is in force', async () => {
    const { body } = await client.ask('GET', `/api/v1/namespaces/${deployed.namespace}/resourcequotas`)
    const [quota] = body.items
    return quota?.status?.hard === undefined ? undefined : true
  })
  return deployed
}

function createPod(namespace: string, requests: Readonly<Record<string, string>> | undefined): Promise<Answer> {
  const { cpu = '1m', ...rest } = requests ?? {}
  const resources = requests === undefined ? {} : { requests: { cpu, ...rest }, limits: rest }
  const securityContext = {
    ...{ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true },
    seccompProfile: { type: 'RuntimeDefault' },
  }
  const containers = [{ name: 'it', image: 'it:1', resources, securityContext }]
  return cluster.client.ask('POST', `/api/v1/namespaces/${namespace}/pods`, {
    query: { dryRun: 'All' },
    body: { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'tried-' }, spec: { containers } },
  })
}
