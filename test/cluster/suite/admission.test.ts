import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { type KubernetesObject, nameOf } from '../../../src/manifest/object.ts'
import { applyObject } from '../api/apply.ts'
import { pathOfObject } from '../api/resource.ts'
import { type Deployed, deploy } from '../deploy.ts'
import { type Cluster, openCluster, skipWithoutCluster } from '../open-cluster.ts'
import { EXAMPLES, VARIANTS } from '../variant.ts'

let cluster: Cluster

suite('On a real API server', { skip: skipWithoutCluster() }, () => {
  before(async () => {
    cluster = await openCluster()
  })
  after(() => cluster[Symbol.asyncDispose]())

  for (const variant of [...EXAMPLES, ...VARIANTS]) {
    test(`${variant.name} is admitted without a warning, and applying it again changes nothing`, async (t) => {
      const deployed = await deploy(t, cluster, variant)
      if (deployed === undefined) return
      assert.deepEqual(deployed.complaints, [])
      const changed = []
      for (const object of deployed.objects) if (!(await isLeftAlone(object))) changed.push(nameOf(object))
      assert.deepEqual(changed, [])
      await noDifference(deployed)
    })
  }
})

/**
 * Whether applying an object again leaves its resourceVersion as it is. Controllers write into objects too, into their status: what
 * they do between our two looks is not our doing, so a few tries are given.
 */
async function isLeftAlone(object: KubernetesObject): Promise<boolean> {
  const resource = await cluster.find(object)
  assert.ok(resource)
  for (let attempt = 1; attempt <= 5; attempt++) {
    const { body } = await cluster.client.ask('GET', pathOfObject(resource, object))
    const { answer } = await applyObject(cluster.client, cluster.find, object)
    if (answer.body.metadata?.resourceVersion === body.metadata?.resourceVersion) return true
  }
  return false
}

async function noDifference({ objects }: Deployed): Promise<void> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
  const args = ['diff', '--server-side', '--force-conflicts', '--field-manager=polis', '-f', '-']
  const { code, stdout, stderr } = await cluster.kubectl(args, list)
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' })
}
