import assert from 'node:assert/strict'
import { aCommit, aMessage, anEnd, aQuestion, aSubmit, bytes } from './build.ts'
import type { Prove } from './world.ts'

const DAY = 24 * 60 * 60 * 1000

/** Removal: only of what is over, and then of all of it. */
export function proveRemoval(prove: Prove): void {
  prove('an ended run is removed with its journal; an open one or none is not', async (world) => {
    await world.start('r1')
    assert.equal(await world.index.remove('t1', 'r1'), false)
    assert.equal(await world.index.remove('t1', 'nobody'), false)
    await world.journal.append(anEnd('r1'))
    assert.equal(await world.index.remove('t2', 'r1'), false)
    assert.equal(await world.index.remove('t1', 'r1'), true)
    assert.equal(await world.index.get('t1', 'r1'), undefined)
    assert.deepEqual(await world.journal.read('t1', 'r1', 0, 10), [])
    assert.deepEqual((await world.index.list('t1', {}, { limit: 10 })).items, [])
    assert.deepEqual(await world.journal.deliver(aMessage('r1', 'm1')), { kind: 'not-found' })
  })

  prove('a run that comes under the id of a removed one has no past', async (world) => {
    await world.start('r1')
    await world.journal.deliver(aMessage('r1', 'm1'))
    await world.journal.append(anEnd('r1', { consumed: ['m1'] }))
    await world.index.remove('t1', 'r1')
    await world.submit('r1')
    assert.equal((await world.journal.read('t1', 'r1', 0, 10)).length, 1)
    assert.deepEqual(await world.journal.inbox({ tenant: 't1', run: 'r1' }), [])
    assert.deepEqual(await world.journal.deliver(aMessage('r1', 'm1')), { kind: 'delivered' })
  })

  prove('a question that an ended run asked goes with the run', async (world) => {
    await world.start('r1')
    await world.journal.append(anEnd('r1'))
    await world.journal.append(aCommit('r1', { epoch: 2, seize: true, asks: [aQuestion('r1', 'q1')] }))
    await world.index.remove('t1', 'r1')
    assert.deepEqual((await world.index.questions('t1', {}, { limit: 10 })).items, [])
  })

  prove('a session is removed when no run of it is unfinished', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.journal.append(aCommit('r1', { session: { state: bytes('x') } }))
    assert.equal(await world.index.removeSession('t1', 's1'), false)
    await world.journal.append(anEnd('r1'))
    assert.equal(await world.index.removeSession('t1', 's1'), true)
    assert.equal(await world.index.removeSession('t1', 's1'), false)
    await world.submit('r2', { in: 's1' })
    assert.deepEqual((await world.index.session('t1', 's1'))?.state, new Uint8Array())
  })

  prove('expire removes runs that ended before its time, the oldest first, so many at once', async (world) => {
    for (const run of ['r1', 'r2', 'r3']) {
      await world.start(run)
      await world.journal.append(anEnd(run))
      world.clock.advance(10)
    }
    await world.start('open')
    const now = world.clock.now()
    const endedBefore = now - 10
    assert.equal(await world.index.expire({ now, limit: 10 }), 0)
    assert.equal(await world.index.expire({ endedBefore, now, limit: 1 }), 1)
    assert.equal(await world.status('r1'), undefined)
    assert.equal(await world.index.expire({ endedBefore, now, limit: 10 }), 1)
    assert.equal(await world.index.expire({ endedBefore, now, limit: 10 }), 0)
    assert.deepEqual([await world.status('r3'), await world.status('open')], ['completed', 'running'])
  })

  prove('expire removes a blob that no run refers to, a day after it was put', async (world) => {
    const { hash } = await world.blob.put('t1', bytes('lonely'))
    world.clock.advance(DAY - 1)
    await world.index.expire({ now: world.clock.now(), limit: 10 })
    assert.notEqual(await world.blob.head('t1', hash), undefined)
    world.clock.advance(1)
    await world.index.expire({ now: world.clock.now(), limit: 10 })
    assert.equal(await world.blob.head('t1', hash), undefined)
    assert.equal(await world.blob.read('t1', hash), undefined)
  })

  prove('a blob that was put again lives for another day', async (world) => {
    const { hash } = await world.blob.put('t1', bytes('again'))
    world.clock.advance(DAY - 1)
    await world.blob.put('t1', bytes('again'))
    world.clock.advance(DAY - 1)
    await world.index.expire({ now: world.clock.now(), limit: 10 })
    assert.notEqual(await world.blob.head('t1', hash), undefined)
  })

  prove('blobs live as long as a run that refers to them', async (world) => {
    const put = async (text: string) => (await world.blob.put('t1', bytes(text))).hash
    const [named, input, payload] = [await put('named'), await put('input'), await put('payload')]
    await world.start('r1', { blobs: [input] })
    const { entries } = anEnd('r1')
    const withBlob = entries.map((entry) => ({ ...entry, payload: new Uint8Array(), blob: payload }))
    await world.journal.append(anEnd('r1', { entries: withBlob, blobs: [named] }))
    world.clock.advance(100 * DAY)
    await world.index.expire({ now: world.clock.now(), limit: 10 })
    const kept = await Promise.all([named, input, payload].map((hash) => world.blob.head('t1', hash)))
    assert.ok(kept.every((blob) => blob !== undefined))
    await world.index.remove('t1', 'r1')
    await world.index.expire({ now: world.clock.now(), limit: 10 })
    const gone = await Promise.all([named, input, payload].map((hash) => world.blob.head('t1', hash)))
    assert.deepEqual(gone, [undefined, undefined, undefined])
  })

  prove('a key past its time is removed without its run', async (world) => {
    const key = { key: 'k', inputHash: 'h' }
    await world.start('r1', { key })
    await world.journal.append(anEnd('r1'))
    world.clock.advance(7 * DAY)
    assert.equal(await world.index.expire({ now: world.clock.now(), limit: 10 }), 0)
    assert.equal((await world.journal.submit(aSubmit('r2', { key }))).kind, 'submitted')
    assert.equal(await world.status('r1'), 'completed')
  })
}
