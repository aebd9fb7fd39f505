import assert from 'node:assert/strict'
import type { Store } from '../store.ts'
import { STORE_PARTS, type StorePart } from '../usage.ts'
import { aCharge, aCommit, aMessage, anEnd, aSession, someEntries } from './build.ts'
import type { Prove } from './world.ts'

/** What the store says that its parts take. */
export function proveUsage(prove: Prove): void {
  prove('every part is told, and what it holds is counted', async (world) => {
    const { journal, index, store } = world
    await world.start('a', { key: { key: 'k', inputHash: 'h' } })
    await journal.append(aCommit('a', { entries: someEntries('a', 2, 3), charges: [aCharge('a', 'c1')] }))
    await world.submit('b')
    await journal.deliver(aMessage('b', 'm1'))
    await index.createSession(aSession('s1'))
    await world.blob.put('t1', new Uint8Array(50_000))
    const usage = await store.usage()
    assert.deepEqual(
      usage.parts.map(({ part }) => part),
      STORE_PARTS,
    )
    const counts = await countsOf(store)
    const known = { runs: 2, journals: 5, inboxes: 1, sessions: 1, keys: 1, blobs: 1, ledger: 1 }
    assert.deepEqual(Object.fromEntries(Object.keys(known).map((part) => [part, counts[part as StorePart]])), known)
    assert.deepEqual(
      new Map(usage.runs.map(({ status, count }) => [status, count])),
      new Map([
        ['running', 1],
        ['queued', 1],
      ]),
    )
  })

  prove('bytes follow what is stored, and go with it', async (world) => {
    const bytesOf = async (part: StorePart) =>
      (await world.store.usage()).parts.find((it) => it.part === part)?.bytes ?? 0
    await world.blob.put('t1', new Uint8Array(300_000).fill(7))
    await world.start('a')
    const entries = someEntries('a', 2, 50, { payload: new Uint8Array(4_000).fill(7) })
    await world.journal.append(aCommit('a', { entries }))
    assert.ok((await bytesOf('blobs')) >= 300_000)
    // Redis infers the bytes of a list from a few pieces of it.
    assert.ok((await bytesOf('journals')) >= 150_000)
    assert.ok((await world.store.usage()).used >= 500_000)
    await world.journal.append(anEnd('a', { entries: [] }))
    await world.index.remove('t1', 'a')
    assert.equal((await countsOf(world.store)).journals, 0)
    assert.ok((await bytesOf('journals')) < 150_000)
  })
}

async function countsOf(store: Store): Promise<Partial<Record<StorePart, number>>> {
  const { parts } = await store.usage()
  return Object.fromEntries(parts.map(({ part, count }) => [part, count]))
}
