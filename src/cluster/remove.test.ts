import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { seededRandom } from '../core/random.ts'
import { createFakeCluster, type FakeCluster } from './fake/api.ts'
import { object, target, wellStatus } from './fake/fixture.ts'
import { leapingClock } from './fake/leaping-clock.ts'
import { findRemoval, removeDeployment } from './remove.ts'
import { createRecords } from './revision/records.ts'
import { rollOut } from './roll-out.ts'
import type { RollOutDependencies } from './roll-out-terms.ts'

const clock = leapingClock()

function dependencies(cluster: FakeCluster): RollOutDependencies {
  return {
    ...{ api: cluster, clock, random: seededRandom(1), holder: 'ada', report: () => {} },
    ...{ holdsRuns: async () => false, signal: new AbortController().signal },
  }
}

async function deployed(spaceIsTheirs = false): Promise<FakeCluster> {
  const cluster = createFakeCluster({ statusOf: wellStatus })
  if (spaceIsTheirs) cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
  const options = { cause: { kind: 'apply' }, by: 'ada', timeout: 60_000, force: false, rollback: true } as const
  await rollOut(target('r1'), options, dependencies(cluster))
  // As its controller makes it: with the labels of the selector alone.
  const labels = { 'app.kubernetes.io/name': 'desk' }
  cluster.put({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data-desk-redis-0', namespace: 'shop', labels },
  })
  return cluster
}

const remove = (cluster: FakeCluster, volumes: boolean) =>
  removeDeployment({ name: 'desk', namespace: 'shop', volumes, timeout: 60_000 }, dependencies(cluster))
const names = (cluster: FakeCluster) =>
  [...cluster.objects.values()].map(({ kind, metadata }) => `${kind} ${metadata.name}`).toSorted()

suite('Removing a deployment', () => {
  test('keeps its data, and what opens it, and the namespace that they are in', async () => {
    const cluster = await deployed()
    const { kept } = await remove(cluster, false)
    assert.deepEqual(names(cluster), [
      ...[
        'ConfigMap desk-revision-1',
        'Namespace shop',
        'PersistentVolumeClaim data-desk-redis-0',
        'Secret desk-redis',
      ],
    ])
    assert.equal(kept.length, 3)
  })

  test('finds the data that it kept when it is to go as well', async () => {
    const cluster = await deployed()
    await remove(cluster, false)
    const [left] = await createRecords(cluster, { name: 'desk', namespace: 'shop' }).list()
    assert.equal(left?.status, 'removed')
    await remove(cluster, true)
    assert.deepEqual(names(cluster), [])
  })

  test('removes all of it with its volumes, the namespace that it made last', async () => {
    const cluster = await deployed()
    await remove(cluster, true)
    assert.deepEqual(names(cluster), [])
    assert.equal(
      cluster.effects.filter((effect) => effect.startsWith('remove')).find((effect) => effect.includes('Namespace')),
      'remove Namespace shop',
    )
  })

  test('leaves a namespace that was there before, and one in which others are', async () => {
    const theirs = await deployed(true)
    await remove(theirs, true)
    assert.deepEqual(names(theirs), ['Namespace shop'])
    const shared = await deployed()
    shared.put(object('apps/v1', 'Deployment', 'other', { metadata: { name: 'other', namespace: 'shop' } }))
    await remove(shared, true)
    assert.deepEqual(names(shared), ['Deployment other', 'Namespace shop'])
  })

  test('leaves a namespace in which somebody has put a secret, and says whose it is not', async () => {
    const cluster = await deployed()
    cluster.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'model-keys', namespace: 'shop' } })
    cluster.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt', namespace: 'shop' } })
    const { kept } = await remove(cluster, true)
    assert.match(kept[0]?.why ?? '', /Secret model-keys of others is in it/)
    assert.ok(names(cluster).includes('Secret model-keys'))
  })

  test('removes records that somebody has damaged, and what an earlier removal has left of them', async () => {
    const cluster = await deployed()
    const [record] = [...cluster.objects.values()].filter(({ metadata }) => metadata.name === 'desk-revision-1')
    assert.ok(record)
    cluster.put({ ...record, data: { revision: '{"number":1}' } })
    const options = { name: 'desk', namespace: 'shop', volumes: false, timeout: 60_000 }
    assert.equal((await findRemoval(cluster, options)).known, true)
    await removeDeployment(options, dependencies(cluster))
    assert.equal((await findRemoval(cluster, options)).known, false)
    assert.ok(!names(cluster).some((name) => /revision|Lease/.test(name)))
  })

  test('touches nothing that is not ours, and can be done again', async () => {
    const cluster = await deployed()
    cluster.put(object('v1', 'ConfigMap', 'desk-unknown'))
    await remove(cluster, false)
    await remove(cluster, false)
    assert.ok(names(cluster).includes('ConfigMap desk-unknown'))
  })
})
