import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, type TestContext, test } from 'node:test'
import { planOf } from '../../../src/manifest/fixture.ts'
import { renderChaos } from '../../../src/manifest/render/mesh/chaos.ts'
import { EXPIRES, EXPIRY_SCRIPT } from '../../../src/manifest/render/mesh/expiry-script.ts'
import { complaintsOf } from '../api/apply.ts'
import { applyAll } from '../deploy.ts'
import { type Cluster, openCluster, skipWithoutCluster } from '../open-cluster.ts'

const NAMESPACE = 'polis-chaos'
const FILTERS = `/apis/networking.istio.io/v1alpha3/namespaces/${NAMESPACE}/envoyfilters`
const PLAN = planOf({
  namespace: NAMESPACE,
  mesh: { kind: 'sidecar', chaos: { until: '2999-01-01T00:00:00Z', abort: { percent: 1, status: 503 } } },
})

let cluster: Cluster

suite('Faults for a test, on a real API server', { skip: skipWithoutCluster() }, () => {
  before(async () => {
    cluster = await openCluster()
    const metadata = { name: NAMESPACE }
    await cluster.client.ask('POST', '/api/v1/namespaces', { body: { apiVersion: 'v1', kind: 'Namespace', metadata } })
  })
  after(async () => {
    await cluster.client.ask('DELETE', `/api/v1/namespaces/${NAMESPACE}`)
    await cluster[Symbol.asyncDispose]()
  })

  test('What their Job executes takes them away once their annotation says so, with no other right', async (context) => {
    assert.deepEqual(complaintsOf(await applyAll(cluster, renderChaos(PLAN, 0).objects)), [])
    const metadata = { annotations: { [EXPIRES]: '2020-01-01T00:00:00Z' } }
    const contentType = 'application/merge-patch+json'
    await cluster.client.ask('PATCH', `${FILTERS}/desk-chaos`, { contentType, body: { metadata } })
    assert.equal(await expire(context, 'desk-chaos'), 0)
    assert.equal((await cluster.client.ask('GET', `${FILTERS}/desk-chaos`)).status, 404)
  })

  test('It can take away nothing else', async (context) => {
    const other = { apiVersion: 'networking.istio.io/v1alpha3', kind: 'EnvoyFilter', metadata: { name: 'other' } }
    await cluster.client.ask('POST', FILTERS, { body: { ...other, spec: {} } })
    assert.equal(await expire(context, 'other'), 1)
    assert.equal((await cluster.client.ask('GET', `${FILTERS}/other`)).status, 200)
  })
})

/** Executes the script as the Job's ServiceAccount on one object; its exit code. */
async function expire(context: TestContext, name: string): Promise<unknown> {
  const server = createServer(async ({ method, url = '' }, response) => {
    const verb = method === 'DELETE' ? 'delete' : 'get'
    const account = `system:serviceaccount:${NAMESPACE}:desk-chaos`
    const { code, stdout, stderr } = await cluster.kubectl([verb, '--raw', url, `--as=${account}`])
    response.writeHead(code === 0 ? 200 : /NotFound/.test(stderr) ? 404 : 403).end(stdout)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const folder = await mkdtemp(join(tmpdir(), 'polis-chaos-'))
  context.after(async () => {
    server.close()
    await rm(folder, { recursive: true })
  })
  await writeFile(join(folder, 'token'), 'of the account\n')
  // An address of a server that listens is no path.
  const { port } = server.address() as AddressInfo
  const env = {
    ...{ OBJECT_URL: `http://127.0.0.1:${port}${FILTERS}/${name}`, TOKEN_FILE: join(folder, 'token') },
    ...{ LOOK_EVERY: '1', WAIT_FOR: '60000' },
  }
  const child = spawn(process.execPath, ['--input-type=module', '--eval', EXPIRY_SCRIPT], { env, stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  return code
}
