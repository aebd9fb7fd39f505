import assert from 'node:assert/strict'
import { aCommit, aMessage, anEnd, anEntry, aQuestion, bytes } from './build.ts'
import type { Prove } from './world.ts'

/** Messages: delivered at least once, applied once by id (guarantee 6). */
export function proveDeliver(prove: Prove): void {
  prove('a message waits in the inbox of its run, in order of arrival, for every process', async (world) => {
    await world.submit('r1')
    const sent = ['m2', 'm1', 'm3'].map((id) => aMessage('r1', id, { payload: bytes(`${id} 🌍`) }))
    for (const message of sent) assert.deepEqual(await world.journal.deliver(message), { kind: 'delivered' })
    const other = await world.another()
    assert.deepEqual(await other.journal.inbox({ tenant: 't1', run: 'r1' }), sent)
  })

  prove('guarantee 6: a message is applied once, also after it was consumed', async (world) => {
    await world.start('r1')
    await world.journal.deliver(aMessage('r1', 'm1'))
    assert.deepEqual(await world.journal.deliver(aMessage('r1', 'm1')), { kind: 'duplicate' })
    await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)], consumed: ['m1'] }))
    assert.deepEqual(await world.journal.deliver(aMessage('r1', 'm1')), { kind: 'duplicate' })
    assert.deepEqual(await world.journal.inbox({ tenant: 't1', run: 'r1' }), [])
  })

  prove('message ids count within their run', async (world) => {
    await world.submit('r1')
    await world.submit('r2')
    await world.journal.deliver(aMessage('r1', 'm1'))
    assert.deepEqual(await world.journal.deliver(aMessage('r2', 'm1')), { kind: 'delivered' })
  })

  prove('a message for no run, or for one that ended, says so', async (world) => {
    await world.start('r1')
    await world.journal.append(anEnd('r1'))
    assert.deepEqual(await world.journal.deliver(aMessage('nobody', 'm1')), { kind: 'not-found' })
    assert.deepEqual(await world.journal.deliver(aMessage('r1', 'm1')), { kind: 'ended', status: 'completed' })
    assert.deepEqual(await world.journal.inbox({ tenant: 't1', run: 'r1' }), [])
  })

  prove('a message queues a suspended run', async (world) => {
    await world.submit('r1', { notBefore: world.clock.now() + 1_000 })
    await world.journal.deliver(aMessage('r1', 'm1'))
    const record = await world.index.get('t1', 'r1')
    assert.deepEqual([record?.status, record?.wakeAt], ['queued', undefined])
  })

  prove('a message leaves running, paused and blocked runs as they are', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.submit('r2', { in: 's1' })
    await world.start('r3')
    await world.journal.append(aCommit('r3', { next: { status: 'paused' } }))
    for (const run of ['r1', 'r2', 'r3']) await world.journal.deliver(aMessage(run, 'm1'))
    const standing = await Promise.all(['r1', 'r2', 'r3'].map((run) => world.status(run)))
    assert.deepEqual(standing, ['running', 'blocked', 'paused'])
  })

  prove('a cancel queues a paused run, also one that is paused while it comes', async (world) => {
    for (const run of ['r1', 'r2']) await world.start(run)
    await world.journal.append(aCommit('r1', { next: { status: 'paused' } }))
    await world.journal.deliver(aMessage('r1', 'c1', { kind: 'cancel' }))
    await world.journal.deliver(aMessage('r2', 'c1', { kind: 'cancel' }))
    const paused = await world.journal.append(aCommit('r2', { next: { status: 'paused', reason: 'paused' } }))
    assert.deepEqual(paused, { kind: 'committed', status: 'queued' })
    assert.deepEqual([await world.status('r1'), await world.status('r2')], ['queued', 'queued'])
    assert.equal((await world.index.get('t1', 'r2'))?.reason, undefined)
  })

  prove('an answer closes its question and wakes the run; the first one wins', async (world) => {
    await world.start('r1')
    await world.journal.append(aCommit('r1', { asks: [aQuestion('r1', 'q1')], next: { status: 'suspended' } }))
    const outcomes = await Promise.all([
      world.journal.deliver(aMessage('r1', 'm1', { kind: 'answer', closes: 'q1' })),
      world.journal.deliver(aMessage('r1', 'm2', { kind: 'answer', closes: 'q1' })),
    ])
    assert.deepEqual(outcomes, [{ kind: 'delivered' }, { kind: 'not-open' }])
    assert.equal(await world.status('r1'), 'queued')
    assert.deepEqual((await world.index.questions('t1', {}, { limit: 10 })).items, [])
    const [message, ...rest] = await world.journal.inbox({ tenant: 't1', run: 'r1' })
    assert.deepEqual([message?.id, rest], ['m1', []])
  })

  prove('an answer sent again is a duplicate, not a late one', async (world) => {
    await world.start('r1')
    await world.journal.append(aCommit('r1', { asks: [aQuestion('r1', 'q1')] }))
    const answer = aMessage('r1', 'm1', { kind: 'answer', closes: 'q1' })
    await world.journal.deliver(answer)
    assert.deepEqual(await world.journal.deliver(answer), { kind: 'duplicate' })
  })

  prove('a refused answer may be sent again once the question is open', async (world) => {
    await world.start('r1')
    const answer = aMessage('r1', 'm1', { kind: 'answer', closes: 'q1' })
    assert.deepEqual(await world.journal.deliver(answer), { kind: 'not-open' })
    await world.journal.append(aCommit('r1', { asks: [aQuestion('r1', 'q1')] }))
    assert.deepEqual(await world.journal.deliver(answer), { kind: 'delivered' })
  })

  prove('a worker sees the messages of all runs that it holds, and of no other', async (world) => {
    for (const run of ['r1', 'r2']) await world.start(run)
    await world.submit('r3')
    await world.start('r4', { claim: { worker: 'w2' } })
    for (const [time, run] of ['r2', 'r3', 'r4', 'r1'].entries()) {
      await world.journal.deliver(aMessage(run, `m-${run}`, { time }))
    }
    const mine = await world.journal.inbox({ worker: 'w1' })
    assert.deepEqual(
      mine.map(({ id }) => id),
      ['m-r2', 'm-r1'],
    )
  })

  prove('a message of 300 KB and one of nothing come back whole', async (world) => {
    await world.submit('r1')
    const payloads = [new Uint8Array(300_000).fill(9), new Uint8Array()]
    for (const [index, payload] of payloads.entries()) {
      await world.journal.deliver(aMessage('r1', `m${index}`, { payload }))
    }
    const read = await world.journal.inbox({ tenant: 't1', run: 'r1' })
    assert.deepEqual(
      read.map(({ payload }) => payload),
      payloads,
    )
  })
}
