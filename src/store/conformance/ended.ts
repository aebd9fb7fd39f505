import assert from 'node:assert/strict'
import { NO_COST } from '../cost.ts'
import { aCharge, aCommit, anEnd, anEntry, bytes } from './build.ts'
import type { Prove } from './world.ts'

/** Runs that may leave the store, and their removal once they are elsewhere. */
export function proveEnded(prove: Prove): void {
  prove('ended runs of all tenants are listed by their end, the oldest first, in pages', async (world) => {
    const { index, journal, clock } = world
    for (const run of ['c', 'a', 'b']) {
      await world.start(run)
      await journal.append(anEnd(run))
      clock.advance(10)
    }
    await world.start('foreign', { record: { tenant: 't0' }, entries: [anEntry('foreign', 1, { tenant: 't0' })] })
    const last = anEntry('foreign', 2, { tenant: 't0', kind: 'run-completed' })
    await journal.append(anEnd('foreign', { tenant: 't0', entries: [last] }))
    await world.start('open')
    const before = clock.now() + 1
    const first = await index.ended(before, { limit: 3 })
    assert.deepEqual(runsOf(first), ['c', 'a', 'b'])
    assert.ok(first.cursor)
    const rest = await index.ended(before, { limit: 3, cursor: first.cursor })
    assert.deepEqual([runsOf(rest), rest.cursor], [['foreign'], undefined])
    assert.deepEqual(
      runsOf(await index.ended(clock.now(), { limit: 10 })),
      ['c', 'a', 'b'],
      'only those before the time',
    )
  })

  prove('an ended run comes with its record, blobs, turns and own cost', async (world) => {
    const { index, journal, blob } = world
    const put = async (text: string) => (await blob.put('t1', bytes(text))).hash
    const [input, payload] = [await put('input'), await put('payload')]
    await world.start('r1', { in: 's1', blobs: [input] })
    await journal.append(aCommit('r1', { charges: [aCharge('r1', 'c1')] }))
    const entries = [anEntry('r1', 2, { kind: 'run-completed', payload: new Uint8Array(), blob: payload })]
    await journal.append(anEnd('r1', { entries }))
    const { items } = await index.ended(world.clock.now() + 1, { limit: 10 })
    const [ended] = items
    assert.equal(items.length, 1)
    assert.deepEqual(ended?.record, await index.get('t1', 'r1'))
    assert.deepEqual(ended?.blobs, [input, payload].toSorted())
    assert.deepEqual(ended?.turns, [{ place: 1, run: 'r1', after: 0, until: 2 }])
    const usage = { input: 7, cachedInput: 2, cacheWrite: 1, output: 3, reasoning: 1 }
    assert.deepEqual(ended?.cost, { ...NO_COST, calls: 1, usage, nanos: 100 })
  })

  prove('a run that was retried is no ended run, and is not removed by who saw its end', async (world) => {
    const { index, journal, clock } = world
    await world.start('r1')
    await journal.append(anEnd('r1', { next: { status: 'failed' } }))
    const retried = anEntry('r1', 3, { kind: 'run-retried', epoch: 2 })
    await journal.append(
      aCommit('r1', { epoch: 2, seize: true, entries: [retried], next: { status: 'queued', at: 1 } }),
    )
    assert.deepEqual((await index.ended(clock.now() + 1, { limit: 10 })).items, [])
    const again = anEntry('r1', 4, { kind: 'run-completed', epoch: 3 })
    await journal.append(anEnd('r1', { epoch: 3, seize: true, entries: [again] }))
    assert.equal(await index.remove('t1', 'r1', 2), false)
    assert.equal(await world.status('r1'), 'completed')
    assert.equal(await index.remove('t1', 'r1', 4), true)
    assert.equal(await world.status('r1'), undefined)
  })
}

function runsOf({ items }: { readonly items: readonly { readonly record: { readonly run: string } }[] }) {
  return items.map(({ record }) => record.run)
}
