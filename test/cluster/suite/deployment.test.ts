import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { type Client, createClient } from '../../../src/client/index.ts'
import { createApiKey } from '../../../src/core/api-key.ts'
import { until } from '../api/until.ts'
import { buildPackage, writeProductImage, writeRedisImage } from '../image/product.ts'
import { kubectl, type Output, run } from '../kubectl.ts'
import { lostOf, startLoad } from '../load.ts'
import { skipWithoutNodes } from '../node/binary.ts'
import { type Machines, startMachines } from '../node/start-machines.ts'

const ROOT = join(import.meta.dirname, '../../..')
const FIXTURE = join(import.meta.dirname, '../fixture/clerk')
const NAMESPACE = 'clerk'

let machines: Machines
let folder: string
let client: Client
const { key, record } = createApiKey({
  id: 'test',
  tenant: 'default',
  scopes: ['runs:read', 'runs:write'],
  secret: randomBytes(32),
})

suite('A deployment on a cluster with two nodes', { skip: skipWithoutNodes() }, () => {
  before(async () => {
    // Below the checkout, where the project finds `agentpolis`.
    await mkdir(join(ROOT, '.polis'), { recursive: true })
    folder = await mkdtemp(join(ROOT, '.polis/cluster-'))
    machines = await startMachines()
    await buildPackage()
    await machines.importImage(await writeRedisImage(folder, 'localhost/redis:1'))
    await release('first')
    await release('second')
    await letIn()
  })
  after(async () => {
    await machines?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  test('It is applied, and its agents are reached through their Service', async () => {
    succeeded(await apply('first'))
    const url = await serviceUrl()
    client = createClient({ url, apiKey: key })
    // Who sends to a Service hears of it as the proxies do.
    await until('the Service is reached', async () => ((await fetch(`${url}/health`)).ok ? true : undefined))
    const view = await client.runs.submit({ agent: 'clerk', input: {} }, { wait: '30s' })
    assert.deepEqual(view.output, { release: 'first' })
  })

  test('Applying it again changes nothing', async () => {
    const { stdout } = succeeded(await apply('first'))
    assert.match(stdout, /unchanged|nothing/i)
  })

  test('A pod has no token of the cluster', async () => {
    const [pod] = await podsOfAgents()
    const script = "console.log(require('node:fs').existsSync('/var/run/secrets/kubernetes.io'))"
    const { stdout, stderr } = await control('exec', pod ?? '', '--', '/usr/bin/node', '-e', script)
    assert.equal(stdout.trim(), 'false', stderr)
  })

  test('Another release rolls out under load, and no request fails and no run is lost', async (t) => {
    const load = startLoad(client, 'clerk')
    succeeded(await apply('second'))
    const { failures, runs } = await load.stop()
    t.diagnostic(`${runs.length} runs were begun`)
    assert.deepEqual(failures, [])
    assert.deepEqual(await lostOf(client, runs), [])
    // Workers of the first release stayed for their runs, and took new ones meanwhile: now none is left.
    succeeded(await apply('second'))
    await until('the first release is gone', async () => ((await agentPods()).length === 2 ? true : undefined))
    const view = await client.runs.submit({ agent: 'clerk', input: {} }, { wait: '30s' })
    assert.deepEqual(view.output, { release: 'second' })
  })

  test('A pod is killed under load, and no run is lost', async (t) => {
    const load = startLoad(client, 'clerk')
    const [pod] = await podsOfAgents()
    succeeded(await control('delete', 'pod', pod ?? '', '--grace-period=0', '--force'))
    await until('two pods are ready again', async () => ((await readyPods()) === 2 ? true : undefined), {
      limit: 180_000,
    })
    const { runs, failures } = await load.stop()
    t.diagnostic(`${runs.length} runs were begun; ${failures.length} requests failed with the pod`)
    assert.deepEqual(await lostOf(client, runs), [])
  })

  test('An image that does not exist is rolled back by itself', async () => {
    const { code, stdout, stderr } = await apply('second', '--image', 'localhost/clerk:missing', '--timeout', '30s')
    assert.equal(code, 1, stdout + stderr)
    assert.match(stdout + stderr, /back/)
    const view = await client.runs.submit({ agent: 'clerk', input: {} }, { wait: '30s' })
    assert.deepEqual(view.output, { release: 'second' })
  })
})

/** Writes the project as it is in this release, and makes its image known to the nodes. */
async function release(name: string): Promise<void> {
  const project = join(folder, name)
  await cp(FIXTURE, project, { recursive: true })
  const agent = join(project, 'agents/clerk.ts')
  await writeFile(agent, (await readFile(agent, 'utf8')).replace("RELEASE = 'first'", `RELEASE = '${name}'`))
  await machines.importImage(await writeProductImage(folder, `localhost/clerk:${name}`, project))
}

/** Makes the Secret with who may call, as whoever owns the cluster would. */
async function letIn(): Promise<void> {
  succeeded(await kubectl(machines.plane.kubeconfig, ['create', 'namespace', NAMESPACE]))
  const file = `--from-literal=api-keys.json=${JSON.stringify(record)}`
  succeeded(await control('create', 'secret', 'generic', 'clerk-access', file))
}

async function apply(name: string, ...more: readonly string[]): Promise<Output> {
  const args = ['apply', '--image', `localhost/clerk:${name}`, '--timeout', '4m', ...more]
  const env = { KUBECONFIG: machines.plane.kubeconfig, POLIS_API_KEY: key }
  return run(process.execPath, [join(ROOT, 'src/main.ts'), ...args], { cwd: join(folder, name), env })
}

function control(...args: readonly string[]): Promise<Output> {
  return kubectl(machines.plane.kubeconfig, ['--namespace', NAMESPACE, ...args])
}

function succeeded(output: Output): Output {
  assert.equal(output.code, 0, `${output.stdout}\n${output.stderr}`)
  return output
}

async function serviceUrl(): Promise<string> {
  const { body } = await machines.client.ask('GET', `/api/v1/namespaces/${NAMESPACE}/services/clerk`)
  return `http://${body.spec.clusterIP}:${body.spec.ports[0].port}`
}

interface SomePod {
  readonly metadata: { readonly name: string }
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

async function agentPods(): Promise<readonly SomePod[]> {
  const query = { labelSelector: 'agentpolis.dev/release' }
  return (await machines.client.ask('GET', `/api/v1/namespaces/${NAMESPACE}/pods`, { query })).body.items
}

async function podsOfAgents(): Promise<readonly string[]> {
  return (await agentPods()).map(({ metadata }) => metadata.name)
}

async function readyPods(): Promise<number> {
  const isReady = ({ status: { conditions = [] } }: SomePod) =>
    conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  return (await agentPods()).filter(isReady).length
}
