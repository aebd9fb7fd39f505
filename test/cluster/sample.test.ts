import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { applyObject } from './api/apply.ts'
import { deploy } from './deploy.ts'
import { type Cluster, openCluster, skipWithoutCluster } from './open-cluster.ts'
import { EXAMPLES, VARIANTS } from './variant.ts'

let cluster: Cluster

// What `npm test` has time for; `npm run test:cluster` runs all.
suite('A real Kubernetes', { skip: skipWithoutCluster() }, () => {
  before(async () => {
    cluster = await openCluster()
  })
  after(() => cluster[Symbol.asyncDispose]())

  for (const variant of [...EXAMPLES.slice(0, 1), ...VARIANTS.slice(0, 1)]) {
    test(`${variant.name} is admitted without a warning`, async (t) => {
      const deployed = await deploy(t, cluster, variant)
      assert.ok(deployed)
      assert.deepEqual(deployed.complaints, [])
    })
  }

  test('A field that does not exist is refused, by name', async (t) => {
    const [variant] = VARIANTS
    assert.ok(variant)
    const deployed = await deploy(t, cluster, variant)
    assert.ok(deployed)
    const settings = deployed.objects.find(({ kind }) => kind === 'ConfigMap')
    assert.ok(settings)
    const { answer } = await applyObject(cluster.client, cluster.find, { ...settings, datum: {} }, { dryRun: true })
    assert.notEqual(answer.status, 200)
    assert.match(answer.body.message, /\.datum: field not declared in schema/)
  })
})
