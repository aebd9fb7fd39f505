import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { KubernetesObject } from '../../../src/manifest/object.ts'
import { applyObject, complaintsOf } from '../api/apply.ts'
import { createFindResource } from '../api/resource.ts'
import { until } from '../api/until.ts'
import { writeImage } from '../image/archive.ts'
import { layOut } from '../image/lay-out.ts'
import { skipWithoutNodes } from '../node/binary.ts'
import { type Machines, startMachines } from '../node/start-machines.ts'

let machines: Machines

const IMAGE = 'localhost/answerer:1'

suite('A cluster with two nodes', { skip: skipWithoutNodes() }, () => {
  before(async () => {
    machines = await startMachines()
    const folder = await mkdtemp(join(tmpdir(), 'polis-image-'))
    try {
      await layOut(join(folder, 'root'), { '/usr/bin/node': process.execPath })
      await writeImage(join(folder, 'image.tar'), IMAGE, join(folder, 'root'), { Entrypoint: ['/usr/bin/node'] })
      await machines.importImage(join(folder, 'image.tar'))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    await apply(deployment, service)
    await until('both pods are ready', async () => ((await ready()) === 2 ? true : undefined), { limit: 60_000 })
  })
  after(() => machines[Symbol.asyncDispose]())

  test('Pods on both nodes answer through their Service, and find each other by its name', async () => {
    const seen = await until('both answer', async () => {
      const names = new Set<string>()
      for (let i = 0; i < 20; i++) names.add((await ask()).node)
      return names.size === 2 ? names : undefined
    })
    assert.deepEqual([...seen].sort(), ['one', 'two'])
    const answer = await until('the name server answers', async () => {
      const { found } = await ask()
      return found.length > 0 ? found : undefined
    })
    assert.deepEqual(answer, [await clusterIP()])
  })

  test('What a pod says, and what a command in it prints, comes through the API server', async () => {
    const [pod] = await pods()
    const { body } = await machines.client.ask('GET', `/api/v1/namespaces/default/pods/${pod?.metadata.name}/log`)
    assert.match(String(body), /answers/)
  })

  test('A node that loses its power is noticed, and its pods come up on the other one', async () => {
    const [, lost] = machines.nodes
    assert.ok(lost)
    await lost.kill()
    await until(
      'both pods are ready on the other node',
      async () => {
        const all = (await pods()).filter(({ spec, status }) => spec.nodeName === 'one' && isReady(status))
        return all.length === 2 ? true : undefined
      },
      { limit: 60_000 },
    )
    assert.equal((await ask()).node, 'one')
  })
})

const CODE = `
const { createServer } = require('node:http'), { lookup } = require('node:dns')
createServer((_, response) => lookup('answerer.default.svc.cluster.local', { all: true }, (_, found = []) =>
  response.setHeader('connection', 'close').end(JSON.stringify({ node: process.env.NODE, found: found.map((it) => it.address) }))
)).listen(8080, () => console.log('answers'))
process.on('SIGTERM', () => process.exit(0))`

const labels = { app: 'answerer' }

const deployment: KubernetesObject = {
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'answerer', namespace: 'default' } },
  spec: {
    ...{ replicas: 2, selector: { matchLabels: labels } },
    template: {
      metadata: { labels },
      spec: {
        containers: [
          {
            ...{ name: 'answerer', image: IMAGE, imagePullPolicy: 'Never', args: ['-e', CODE] },
            env: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
            readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
          },
        ],
        topologySpreadConstraints: [
          {
            ...{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
            labelSelector: { matchLabels: labels },
          },
        ],
        // How long a pod stays bound to a node that is not heard of.
        tolerations: ['not-ready', 'unreachable'].map((state) => ({
          ...{ key: `node.kubernetes.io/${state}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 },
        })),
      },
    },
  },
}

const service: KubernetesObject = {
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'answerer', namespace: 'default' } },
  spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
}

async function apply(...objects: readonly KubernetesObject[]): Promise<void> {
  const find = createFindResource(machines.client)
  for (const object of objects) assert.deepEqual(complaintsOf([await applyObject(machines.client, find, object)]), [])
}

interface Pod extends KubernetesObject {
  readonly spec: { readonly nodeName?: string }
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

async function pods(): Promise<readonly Pod[]> {
  const query = { labelSelector: 'app=answerer' }
  return (await machines.client.ask('GET', '/api/v1/namespaces/default/pods', { query })).body.items
}

function isReady({ conditions = [] }: Pod['status']): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
}

async function ready(): Promise<number> {
  return (await pods()).filter(({ status }) => isReady(status)).length
}

async function clusterIP(): Promise<string> {
  return (await machines.client.ask('GET', '/api/v1/namespaces/default/services/answerer')).body.spec.clusterIP
}

async function ask(): Promise<{ node: string; found: string[] }> {
  const url = `http://${await clusterIP()}`
  return new Promise((resolve, reject) => {
    const sent = get(url, { agent: false, timeout: 5000 }, (response) => {
      let said = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        said += part
      })
      response.on('end', () => resolve(JSON.parse(said)))
    })
    sent.on('timeout', () => sent.destroy(new Error('no answer within 5 s')))
    sent.on('error', reject)
  })
}
