import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { createFakeCluster } from './fake/api.ts'
import { object, target } from './fake/fixture.ts'
import { preflight } from './preflight.ts'

const { objects } = target('r1')

suite('Before anything is asked of a cluster', () => {
  test('it is found out who we are to it', async () => {
    assert.deepEqual(await preflight(createFakeCluster(), objects, 'shop'), {
      version: 'v1.37.2',
      user: 'ada',
      warnings: [],
    })
  })

  test('a kind that it does not serve names who would', async () => {
    const cluster = createFakeCluster({ unserved: ['ScaledObject'] })
    const wanted = [...objects, object('keda.sh/v1alpha1', 'ScaledObject', 'desk')]
    await assert.rejects(
      preflight(cluster, wanted, 'shop'),
      /ScaledObject \(keda\.sh\/v1alpha1\): install KEDA, or change deployment\.scaling\.by/,
    )
  })

  test('every right that is missing is named', async () => {
    const cluster = createFakeCluster({ denied: ['patch deployments', 'create leases'] })
    await assert.rejects(
      preflight(cluster, objects, 'shop'),
      /ada may not:\npatch deployments\.apps in shop\ncreate leases\.coordination\.k8s\.io in shop/,
    )
  })

  test('a right that can be done without is a warning', async () => {
    const { warnings } = await preflight(createFakeCluster({ denied: ['list events'] }), objects, 'shop')
    assert.match(warnings.join(), /list events/)
  })

  test('an old cluster is a warning', async () => {
    const { warnings } = await preflight({ ...createFakeCluster(), version: async () => 'v1.29.3' }, objects, 'shop')
    assert.match(warnings.join(), /Kubernetes v1\.29\.3 is older/)
  })
})
