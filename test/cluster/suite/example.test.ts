import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { type Client, createClient } from '../../../src/client/index.ts'
import { getBase, removeStore, storeIn } from '../../image/base.ts'
import { build, layOut, run as runProgram, withoutSource } from '../../image/example.ts'
import { skipWithout } from '../../redis/server/binary.ts'
import { until } from '../api/until.ts'
import { writeRedisImage } from '../image/product.ts'
import { kubectl, run } from '../kubectl.ts'
import { skipWithoutNodes } from '../node/binary.ts'
import { type Machines, startMachines } from '../node/start-machines.ts'

const NAME = 'incident-desk'
const IMAGE = `localhost/${NAME}:lab`

/** What a user adds for a cluster as small as this one, whose images come from no registry. */
const LAB = `
      lab: {
        image: { repository: 'localhost/${NAME}', pullPolicy: 'Never' },
        settings: { 'scaling.min_replicas': 2 },
        scaling: { by: 'none' },
        worker: { resources: { cpu: '100m', memory: '512Mi' } },
        redis: {
          ...{ kind: 'managed', image: 'localhost/redis:1', cpu: '50m', memory: '128Mi', storage: '1Gi' },
          backup: { enabled: false },
        },
        smoke: [{ agent: 'log-analyst', input: { service: 'payments', question: 'What is wrong?' } }],
      },`

let work: string
let project: string
let machines: Machines
let client: Client

// In this order, of one deployment.
suite('The example, in the image that polis builds of it', {
  skip: skipWithoutNodes() || skipWithout('buildah'),
}, () => {
  before(async () => {
    work = await mkdtemp(join(tmpdir(), 'polis-example-'))
    project = join(work, NAME)
    await layOut(project)
    const file = join(project, 'polis.config.ts')
    await writeFile(file, (await readFile(file, 'utf8')).replace('environments: {', `environments: {${LAB}`))
    machines = await startMachines()
    await machines.importImage(await writeRedisImage(work, 'localhost/redis:1'))
    await machines.importImage(await image())
  })
  after(async () => {
    await machines?.[Symbol.asyncDispose]()
    await removeStore(work)
    await rm(work, { recursive: true, force: true })
  })

  test('It is brought to the cluster, and its smoke runs pass', async () => {
    await polis('apply', '--env', 'lab', '--image', IMAGE, '--timeout', '5m')
    assert.match(await polis('verify', '--env', 'lab'), /lab: 1 of 1 passed/)
    assert.match(await polis('status', '--env', 'lab'), /environment lab/)
  })

  test('An incident is investigated by way of the Service: its agents, their tools, and a human who agrees', async () => {
    client = createClient({ url: await serviceUrl(), apiKey: await firstKey() })
    const { run: id } = await until('the Service is reached', () => begin())
    const question = await until('a human is asked', async () => (await client.questions.list()).items[0])
    await client.runs.answer(id, question.id, true)
    const ended = await client.runs.get(id, { wait: '60s' })
    assert.equal(ended.status, 'completed', ended.reason ?? '')
    assert.equal((ended.output as { readonly healthy?: boolean }).healthy, true)
  })

  test('It is deleted, with its data and its namespace', async () => {
    await polis('delete', '--env', 'lab', '--volumes', '--yes')
    const isGone = async () =>
      (await kubectl(machines.plane.kubeconfig, ['get', 'namespace', NAME])).code === 0 ? undefined : true
    await until('the namespace is gone', isGone, { limit: 240_000 })
  })
})

/** Builds the image as a user does. Answers the path of its archive. */
async function image(): Promise<string> {
  const env = { ...(await storeIn(work)), ...withoutSource() }
  await runProgram(env, work, 'buildah', 'pull', '--quiet', `oci-archive:${await getBase(console.log)}`)
  const archive = join(work, 'image.tar')
  await build(env, project, archive, '--env', 'lab', '--tag', 'lab')
  return archive
}

/** Runs `polis` in the project, with the key that apply made. Answers what it printed. */
async function polis(...args: readonly string[]): Promise<string> {
  const env = { KUBECONFIG: machines.plane.kubeconfig, POLIS_API_KEY: await firstKey(), NODE_OPTIONS: '' }
  const { code, stdout, stderr } = await run(join(project, 'node_modules/.bin/polis'), args, { cwd: project, env })
  assert.equal(code, 0, `${stdout}\n${stderr}`)
  return stdout
}

/** As the guide says that it is read; empty before there is one. */
async function firstKey(): Promise<string> {
  const which = ['--namespace', NAME, 'get', 'secret', `${NAME}-access`, '--output=jsonpath={.data.api-key}']
  const { stdout } = await kubectl(machines.plane.kubeconfig, which)
  return Buffer.from(stdout, 'base64').toString()
}

async function serviceUrl(): Promise<string> {
  const { body } = await machines.client.ask('GET', `/api/v1/namespaces/${NAME}/services/${NAME}`)
  return `http://${body.spec.clusterIP}:${body.spec.ports[0].port}`
}

// Who sends to a Service hears of it as the proxies do. One run, however often it is asked for.
async function begin() {
  return await client.runs
    .submit({ agent: NAME, input: 'The shop is alerting. Find out why, and put it right.' }, { key: 'one' })
    .catch(() => undefined)
}
