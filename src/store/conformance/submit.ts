import assert from 'node:assert/strict'
import { AGENT, aClaim, anEnd, anEntry, aSubmit, bytes, someEntries } from './build.ts'
import type { Prove } from './world.ts'

const DAY = 24 * 60 * 60 * 1000
const key = { key: 'order-7', inputHash: 'aaaa' }

/** Submitting: nothing acknowledged is lost, and nothing is done twice under one key (G1). */
export function proveSubmit(prove: Prove): void {
  prove('G1: a submitted run is there with its first entries, for every process', async ({ journal, another }) => {
    const submit = aSubmit('r1', { record: { tags: { team: 'blue' }, priority: 3, parent: { run: 'p', step: 's' } } })
    const outcome = await journal.submit(submit)
    assert.deepEqual(outcome, { kind: 'submitted', record: submit.record })
    const other = await another()
    assert.deepEqual(await other.index.get('t1', 'r1'), submit.record)
    assert.deepEqual(await other.journal.read('t1', 'r1', 0, 10), submit.entries)
  })

  prove('G4: a run cannot be read before its submit has resolved', async ({ journal, index }) => {
    let resolved = false
    const pending = journal.submit(aSubmit('r1')).then(() => {
      resolved = true
    })
    const seen = await index.get('t1', 'r1')
    assert.ok(seen === undefined || resolved)
    await pending
    assert.equal((await index.get('t1', 'r1'))?.run, 'r1')
  })

  prove('a fork is submitted with all the entries that it copies', async ({ journal, index }) => {
    const entries = someEntries('r1', 1, 5, { epoch: 0 })
    await journal.submit(aSubmit('r1', { entries }))
    assert.equal((await index.get('t1', 'r1'))?.sequence, 5)
    assert.deepEqual(await journal.read('t1', 'r1', 0, 10), entries)
  })

  prove('G4: a submit whose entries have a gap is refused and leaves nothing', async ({ journal, index }) => {
    const entries = [anEntry('r1', 1), anEntry('r1', 3)]
    await assert.rejects(journal.submit(aSubmit('r1', { entries, key })), { code: 'CONFLICT' })
    assert.equal(await index.get('t1', 'r1'), undefined)
    assert.equal((await journal.submit(aSubmit('r2', { key }))).kind, 'submitted')
  })

  prove('G1: the same run id again is a duplicate and changes nothing', async ({ journal }) => {
    const first = aSubmit('r1')
    await journal.submit(first)
    const again = await journal.submit(aSubmit('r1', { record: { priority: 9 } }))
    assert.deepEqual(again, { kind: 'duplicate', record: first.record })
    assert.equal((await journal.read('t1', 'r1', 0, 10)).length, 1)
  })

  prove('G1: the same key with the same input answers the same run', async ({ journal, index }) => {
    await journal.submit(aSubmit('r1', { key }))
    const again = await journal.submit(aSubmit('r2', { key }))
    assert.deepEqual(again, { kind: 'duplicate', record: await index.get('t1', 'r1') })
    assert.equal(await index.get('t1', 'r2'), undefined)
  })

  prove('G1: the same key with another input is a conflict that names the run', async ({ journal }) => {
    await journal.submit(aSubmit('r1', { key }))
    const other = await journal.submit(aSubmit('r2', { key: { ...key, inputHash: 'bbbb' } }))
    assert.deepEqual(other, { kind: 'key-conflict', run: 'r1' })
  })

  prove('G1: of two submits under one key in one turn exactly one makes a run', async ({ journal, another }) => {
    const other = await another()
    const outcomes = await Promise.all([
      journal.submit(aSubmit('r1', { key })),
      journal.submit(aSubmit('r2', { key })),
      other.journal.submit(aSubmit('r3', { key })),
    ])
    assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['duplicate', 'duplicate', 'submitted'])
  })

  prove('G1: a key counts within one tenant and one agent', async ({ journal }) => {
    await journal.submit(aSubmit('r1', { key }))
    const elsewhere = await journal.submit(aSubmit('r2', { key, record: { tenant: 't2' } }))
    assert.equal(elsewhere.kind, 'submitted')
    const otherAgent = await journal.submit(aSubmit('r3', { key, record: { agent: 'reader' } }))
    assert.equal(otherAgent.kind, 'submitted')
  })

  prove('G1: a key is kept for seven days after the end of its run, and not longer', async (world) => {
    const { journal, clock } = world
    await world.start('r1', { key })
    clock.advance(30 * DAY)
    await journal.append(anEnd('r1'))
    clock.advance(7 * DAY - 1)
    const within = await journal.submit(aSubmit('r2', { key }))
    assert.equal(within.kind === 'duplicate' && within.record.status, 'completed')
    clock.advance(1)
    assert.equal((await journal.submit(aSubmit('r3', { key }))).kind, 'submitted')
  })

  prove('G1: a key outlives the removal of its run', async (world) => {
    const { journal, index, clock } = world
    await world.start('r1', { key })
    await journal.append(anEnd('r1'))
    const record = await index.get('t1', 'r1')
    assert.equal(await index.remove('t1', 'r1'), true)
    await index.expire({ now: clock.now(), limit: 10 })
    assert.deepEqual(await journal.submit(aSubmit('r2', { key })), { kind: 'duplicate', record })
    const conflict = await journal.submit(aSubmit('r2', { key: { ...key, inputHash: 'bbbb' } }))
    assert.deepEqual(conflict, { kind: 'key-conflict', run: 'r1' })
  })

  prove('G1: a key that a later run has taken is not given up by the earlier one', async (world) => {
    const { journal, index, clock } = world
    await world.start('r1', { key })
    await journal.append(anEnd('r1'))
    clock.advance(7 * DAY)
    await world.start('r2', { key })
    const end = { epoch: 2, seize: true, entries: [], next: { status: 'dead' } } as const
    await journal.append(anEnd('r1', end))
    assert.equal(await index.remove('t1', 'r1'), true)
    clock.advance(8 * DAY)
    await index.expire({ now: clock.now(), limit: 10 })
    const again = await journal.submit(aSubmit('r3', { key }))
    assert.equal(again.kind === 'duplicate' && again.record.run, 'r2')
  })

  prove('a delayed run is suspended until its time, a past time delays nothing', async (world) => {
    const later = world.clock.now() + 1
    await world.submit('r1', { notBefore: later })
    await world.submit('r2', { notBefore: world.clock.now() })
    const record = await world.index.get('t1', 'r1')
    assert.deepEqual([record?.status, record?.wakeAt], ['suspended', later])
    assert.equal(await world.status('r2'), 'queued')
  })

  prove('the fast path gives the run to the submitting worker at epoch 1', async (world) => {
    await world.start('r1')
    const record = await world.index.get('t1', 'r1')
    assert.deepEqual([record?.status, record?.epoch, record?.worker], ['running', 1, 'w1'])
    assert.deepEqual((await world.coordination.claim(aClaim())).runs, [])
  })

  prove('the fast path takes no run that is delayed', async (world) => {
    await world.start('r1', { notBefore: world.clock.now() + 1 })
    const record = await world.index.get('t1', 'r1')
    assert.deepEqual([record?.status, record?.epoch, record?.worker], ['suspended', 0, undefined])
  })

  prove('payloads come back byte for byte: empty, binary, unicode, 300 KB', async ({ journal, another }) => {
    const binary = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    const large = new Uint8Array(300_000).fill(7)
    const payloads = [new Uint8Array(), binary, bytes('Grüße 🌍 \u0000 ﷽'), large]
    const entries = payloads.map((payload, index) => anEntry('r1', index + 1, { payload, epoch: 0 }))
    await journal.submit(aSubmit('r1', { entries }))
    const read = await (await another()).journal.read('t1', 'r1', 0, 10)
    assert.deepEqual(
      read.map(({ payload }) => payload),
      payloads,
    )
  })

  prove('what is stored does not change when the caller uses its buffer again', async ({ journal }) => {
    const payload = bytes('first')
    await journal.submit(aSubmit('r1', { entries: [anEntry('r1', 1, { payload })] }))
    payload.fill(0)
    assert.deepEqual((await journal.read('t1', 'r1', 0, 1))[0]?.payload, bytes('first'))
  })

  prove('names in unicode, with quotes and separators, never meet', async ({ journal, index }) => {
    const names = ['a', 'a:b', "a'b", 'a\u0000b', '日本', '__proto__', 'a/b', 'a","b']
    for (const name of names) await journal.submit(aSubmit(name, { record: { tags: { [name]: name }, agent: AGENT } }))
    for (const name of names) assert.deepEqual((await index.get('t1', name))?.tags, { [name]: name })
    assert.equal((await index.list('t1', {}, { limit: 100 })).items.length, names.length)
  })

  prove('a run of one tenant is not there for another', async ({ journal, index }) => {
    await journal.submit(aSubmit('r1'))
    assert.equal(await index.get('t2', 'r1'), undefined)
    assert.deepEqual(await journal.read('t2', 'r1', 0, 10), [])
    assert.deepEqual((await index.list('t2', {}, { limit: 10 })).items, [])
  })
}
