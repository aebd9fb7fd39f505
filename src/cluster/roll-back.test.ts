import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../core/random.ts'
import { createFakeCluster } from './fake/api.ts'
import { sickStatus, target, wellStatus } from './fake/fixture.ts'
import { leapingClock } from './fake/leaping-clock.ts'
import { rollBack } from './roll-back.ts'
import { rollOut } from './roll-out.ts'
import type { RollOutDependencies } from './roll-out-terms.ts'

const HOW = { by: 'ada', timeout: 600_000, force: false }
const NAMED = { name: 'desk', namespace: 'shop' }

test('a rollback to what does not work any more brings back what was good until then, once', async () => {
  const statuses = { of: wellStatus }
  const cluster = createFakeCluster({ statusOf: (live) => statuses.of(live) })
  const dependencies: RollOutDependencies = {
    ...{ api: cluster, clock: leapingClock(), random: seededRandom(1), holder: 'ada', report: () => {} },
    ...{ holdsRuns: async () => false, signal: new AbortController().signal },
  }
  for (const wanted of [target('r1'), target('r2', { color: 'red' })])
    await rollOut(wanted, { ...HOW, cause: { kind: 'apply' }, rollback: true }, dependencies)
  statuses.of = sickStatus('r1')
  const { outcome } = await rollBack({ ...HOW, ...NAMED, to: 1 }, dependencies)
  assert.ok(outcome.kind === 'failed')
  assert.equal(outcome.restored?.target.release, 'r2')
  assert.deepEqual(cluster.objects.get('/ConfigMap/shop/desk-settings')?.data, { COLOR: 'red' })
  statuses.of = sickStatus('r2')
  const workers = cluster.objects.get('apps/Deployment/shop/desk-r2')
  assert.ok(workers)
  cluster.put({ ...workers, metadata: { ...workers.metadata, annotations: { touched: 'yes' } } })
  const again = await rollBack({ ...HOW, ...NAMED, to: 2 }, dependencies)
  assert.ok(again.outcome.kind === 'failed' && again.outcome.restored === undefined)
})
