import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { PolisError } from '../core/error.ts'
import { manualClock } from '../core/manual-clock.ts'
import { createFakeCluster } from './fake/api.ts'
import { object } from './fake/fixture.ts'
import { leapingClock } from './fake/leaping-clock.ts'
import { holderOf, refOf, takeLock } from './lock.ts'

const HOUR = 3_600_000

function setting(clock = leapingClock()) {
  const cluster = { ...createFakeCluster() }
  cluster.put({ ...object('v1', 'Namespace', 'shop'), metadata: { name: 'shop' } })
  const waits: string[] = []
  const take = (holder: string, deadline = clock.now() + HOUR) =>
    takeLock({
      ...{
        api: cluster,
        clock,
        name: 'desk',
        namespace: 'shop',
        holder,
        deadline,
        signal: new AbortController().signal,
      },
      onWait: (who) => void waits.push(who),
    })
  return {
    cluster,
    clock,
    take,
    waits,
    holder: async () => holderOf(await cluster.get(refOf({ name: 'desk', namespace: 'shop' }))),
  }
}

suite('The lock of a deployment', () => {
  test('is held until it is released, and then is nobody’s', async () => {
    const { take, holder } = setting()
    const lock = await take('ada')
    assert.equal(await holder(), 'ada')
    await lock.release()
    assert.equal(await holder(), '')
    await (await take('bob')).release()
  })

  test('of a dead holder is taken over after its time, seen by the taker’s own clock', async () => {
    const { cluster, clock, take, waits } = setting()
    const spec = { holderIdentity: 'dead', leaseDurationSeconds: 15, renewTime: '2099-01-01T00:00:00.000000Z' }
    cluster.put({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'desk-apply', namespace: 'shop' },
      spec,
    })
    const since = clock.now()
    const lock = await take('ada')
    assert.ok(clock.now() - since >= 15_000)
    assert.deepEqual(waits, ['dead'])
    await lock.release()
  })

  test('of a living holder is not, and whoever waits too long hears who it is', async () => {
    const { clock, take } = setting()
    const lock = await take('ada')
    await assert.rejects(take('bob', clock.now() + 120_000), /ada is changing the deployment/)
    assert.equal(lock.signal.aborted, false)
    await lock.release()
  })

  test('is lost when another has it, and the holder is told', async () => {
    const clock = manualClock()
    const { cluster, take } = setting({ ...clock })
    const lock = await take('ada')
    const live = await cluster.get(refOf({ name: 'desk', namespace: 'shop' }))
    assert.ok(live)
    await cluster.replace({ ...live, spec: { ...Object(live.spec), holderIdentity: 'bob' } })
    clock.advance(5_000)
    await new Promise(setImmediate)
    assert.equal(lock.signal.aborted, true)
    await lock.release()
  })

  test('is refused at once where there is no namespace for it, or one that ends', async () => {
    const { cluster, take } = setting()
    const end = { details: { httpStatus: 403 } }
    const { create } = cluster
    cluster.create = async () => {
      throw new PolisError('CONFLICT', 'because it is being terminated', end)
    }
    await assert.rejects(take('ada'), /being terminated/)
    cluster.create = create
    await cluster.remove({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' })
    await assert.rejects(take('ada'), { code: 'NOT_FOUND' })
  })

  test('is held still where a renewal was done and its answer was lost', async () => {
    const clock = manualClock()
    const { cluster, take } = setting({ ...clock })
    const lock = await take('ada')
    const live = await cluster.get(refOf({ name: 'desk', namespace: 'shop' }))
    assert.ok(live)
    await cluster.replace({ ...live, spec: { ...Object(live.spec), renewTime: 'later' } })
    clock.advance(5_000)
    await new Promise(setImmediate)
    assert.equal(lock.signal.aborted, false)
    await lock.release()
  })

  test('is lost before its time is over where a renewal hangs, and releasing it then goes on', async () => {
    const clock = manualClock()
    const { cluster, take } = setting({ ...clock })
    const lock = await take('ada')
    let answer = () => {}
    const hanging = new Promise<never>((_, reject) => {
      answer = () => reject(new PolisError('UNREACHABLE', 'no answer'))
    })
    cluster.replace = () => hanging
    clock.advance(5_000)
    clock.advance(9_000)
    assert.equal(lock.signal.aborted, true)
    answer()
    await lock.release()
  })

  test('is given back as well as it can be: what was done under it does not fail for that', async () => {
    const { cluster, take } = setting()
    const lock = await take('ada')
    cluster.replace = async () => {
      throw new PolisError('UNREACHABLE', 'no answer')
    }
    await lock.release()
  })
})
