import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { KubernetesObject } from '../../../src/manifest/object.ts'
import type { Answer } from '../api/client.ts'
import { deploy } from '../deploy.ts'
import { type Cluster, openCluster, skipWithoutCluster } from '../open-cluster.ts'
import { podTemplatesOf } from '../pod-template.ts'
import { EXAMPLES, VARIANTS } from '../variant.ts'

let cluster: Cluster

suite('Under the restricted Pod Security Standard', { skip: skipWithoutCluster() }, () => {
  before(async () => {
    cluster = await openCluster()
  })
  after(() => cluster[Symbol.asyncDispose]())

  for (const variant of [...EXAMPLES, ...VARIANTS]) {
    test(`Every pod of ${variant.name.replace(/^[AT]/, (letter) => letter.toLowerCase())} is admitted`, async (t) => {
      const deployed = await deploy(t, cluster, variant)
      if (deployed === undefined) return
      for (const { of, pod } of podTemplatesOf(deployed.objects)) {
        const { status, body } = await create(deployed.namespace, { ...pod, generateName: 'tried-' })
        assert.equal(status, 201, `${of}: ${body.message}`)
      }
    })
  }

  test('A pod that may do more is refused', async (t) => {
    const [variant] = VARIANTS
    assert.ok(variant)
    const deployed = await deploy(t, cluster, variant)
    assert.ok(deployed)
    const loose = {
      root: { securityContext: { runAsUser: 0 } },
      privileged: { securityContext: { privileged: true } },
      'with capabilities': { securityContext: { capabilities: { add: ['NET_ADMIN'] } } },
      'as anybody': {},
    }
    for (const [how, more] of Object.entries(loose)) {
      const { status, body } = await create(deployed.namespace, {
        generateName: 'loose-',
        spec: { containers: [{ name: 'it', image: 'it:1', resources: LIMITS, ...more }] },
      })
      assert.equal(status, 403, how)
      assert.match(body.message, /violates PodSecurity "restricted:/, how)
    }
  })
})

const LIMITS = { requests: { cpu: '1m', memory: '1Mi' }, limits: { memory: '1Mi' } }

interface Tried {
  readonly generateName: string
  readonly metadata?: Partial<KubernetesObject['metadata']>
  readonly spec: unknown
}

function create(namespace: string, { generateName, metadata, spec }: Tried): Promise<Answer> {
  return cluster.client.ask('POST', `/api/v1/namespaces/${namespace}/pods`, {
    query: { dryRun: 'All', fieldValidation: 'Strict' },
    body: { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, generateName }, spec },
  })
}
