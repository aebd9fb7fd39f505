import assert from 'node:assert/strict'
import { aClaim, aCommit, aMessage, anEnd, anEntry, aSchedule, aSubmit, aWorker } from './build.ts'
import type { Prove } from './world.ts'

/** A pause: nothing begins by itself, for nobody, until it is over; what is held goes on. */
export function provePause(prove: Prove): void {
  prove('a store has an incarnation that all see and that stays, and is not paused', async (world) => {
    const { incarnation, paused, format } = await world.store.transfer.state()
    assert.match(incarnation, /^[0-9a-f-]{16,}$/)
    assert.equal(paused, undefined)
    assert.ok(format > 0)
    assert.deepEqual(await (await world.another()).transfer.state(), { incarnation, format })
  })

  prove('transfer 1: a paused store gives no run to a worker, whoever asks, and wakes none', async (world) => {
    const other = await world.another()
    await other.coordination.register(aWorker('w1'))
    await world.submit('r1')
    await world.submit('r2', { notBefore: world.clock.now() + 10 })
    await world.store.transfer.pause('a test')
    world.clock.advance(20)
    const claim = aClaim({ now: world.clock.now() })
    assert.deepEqual(await other.coordination.claim(claim), { runs: [], more: false })
    assert.deepEqual([await world.status('r1'), await world.status('r2')], ['queued', 'suspended'])
    await other.transfer.resume()
    assert.equal((await world.coordination.claim(claim)).runs.length, 2)
  })

  prove('transfer 1: it refuses new submits with STORE_PAUSED, and knows those that it has', async (world) => {
    const key = { key: 'k', inputHash: 'h' }
    await world.submit('r1', { key })
    await world.store.transfer.pause('a test')
    const refused = { code: 'STORE_PAUSED', message: /a test.*polis store resume/ }
    await assert.rejects(world.journal.submit(aSubmit('r2')), refused)
    await assert.rejects((await world.another()).journal.submit(aSubmit('r2')), refused)
    assert.equal((await world.journal.submit(aSubmit('r1'))).kind, 'duplicate')
    assert.equal((await world.journal.submit(aSubmit('r3', { key }))).kind, 'duplicate')
    await world.store.transfer.resume()
    assert.equal((await world.journal.submit(aSubmit('r2'))).kind, 'submitted')
  })

  prove('transfer 1: a refused submit harms none that travel with it', async (world) => {
    await world.start('r1')
    await world.store.transfer.pause('a test')
    const [refused, committed] = await Promise.allSettled([
      world.journal.submit(aSubmit('r2')),
      world.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)] })),
    ])
    assert.deepEqual([refused.status, committed.status], ['rejected', 'fulfilled'])
    assert.equal((await world.journal.read('t1', 'r1', 0, 10)).length, 2)
  })

  prove('transfer 1: runs that are held go on to their end, and may submit others, which wait', async (world) => {
    await world.start('r1')
    await world.store.transfer.pause('a test')
    const recalled = await world.coordination.claim(aClaim({ recall: true }))
    assert.deepEqual(
      recalled.held?.map(({ run }) => run),
      ['r1'],
    )
    const child = aSubmit('r2', { record: { parent: { run: 'r1', step: 's' } } })
    await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)], submits: [child] }))
    assert.equal((await world.journal.deliver(aMessage('r1', 'm1'))).kind, 'delivered')
    const end = anEnd('r1', { entries: [anEntry('r1', 3)], consumed: ['m1'] })
    assert.deepEqual(await world.journal.append(end), { kind: 'committed', status: 'completed' })
    assert.equal(await world.status('r2'), 'queued')
    assert.deepEqual((await world.coordination.claim(aClaim())).runs, [])
  })

  prove('transfer 1: schedules do not fire, and do after it', async (world) => {
    const schedule = aSchedule('daily')
    await world.coordination.putSchedule(schedule)
    await world.store.transfer.pause('a test')
    assert.equal(await world.coordination.tick(schedule, 6_000, aSubmit('r1')), false)
    assert.equal(await world.status('r1'), undefined)
    assert.deepEqual(await world.coordination.schedules('t1'), [schedule])
    await world.store.transfer.resume()
    assert.equal(await world.coordination.tick(schedule, 6_000, aSubmit('r1')), true)
  })

  prove('transfer 1: nothing expires', async (world) => {
    await world.start('r1')
    await world.journal.append(anEnd('r1'))
    world.clock.advance(1_000)
    await world.store.transfer.pause('a test')
    const now = world.clock.now()
    assert.equal(await world.index.expire({ now, endedBefore: now, limit: 10 }), 0)
    assert.equal(await world.status('r1'), 'completed')
  })

  prove('a pause tells why and since when, keeps its first reason, and may be ended twice', async (world) => {
    const since = world.clock.now()
    await world.store.transfer.pause('first')
    world.clock.advance(5)
    await world.store.transfer.pause('second')
    assert.deepEqual((await world.store.transfer.state()).paused, { since, reason: 'first' })
    await world.store.transfer.resume()
    await world.store.transfer.resume()
    assert.equal((await world.store.transfer.state()).paused, undefined)
  })

  prove('watchers hear of its end, here and elsewhere', async (world) => {
    const other = await world.another()
    await world.store.transfer.pause('a test')
    const heard = [world.store, other].map(
      (store) =>
        new Promise<void>((resolve) => void store.journal.watch((runs) => (runs?.has('store') ?? true) && resolve())),
    )
    await world.store.transfer.resume()
    await Promise.all(heard)
  })
}
