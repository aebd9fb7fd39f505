import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { manualClock } from '../../core/manual-clock.ts'
import { aClaim, aCommit, anEntry, aSubmit, aWorker } from '../conformance/build.ts'
import type { Faults } from './group.ts'
import { openMemoryStore } from './open.ts'
import { memoryState } from './state.ts'

const clock = manualClock()

describe('a memory store', () => {
  it('commits the operations of one turn together, at its end', async () => {
    const store = openMemoryStore({ clock })
    const seen: (number | undefined)[] = []
    for (const run of ['r1', 'r2']) {
      store.journal.submit(aSubmit(run)).then(async () => seen.push((await listed(store)).length))
    }
    assert.deepEqual(await listed(store), [])
    await setImmediate()
    await setImmediate()
    assert.deepEqual(seen, [2, 2])
  })

  it('forgets what is pending when it crashes, and never resolves it', async () => {
    const state = memoryState()
    const doomed = openMemoryStore({ clock, state })
    let resolved = false
    doomed.journal.submit(aSubmit('r1')).finally(() => {
      resolved = true
    })
    doomed.crash()
    doomed.ping().finally(() => {
      resolved = true
    })
    await setImmediate()
    await setImmediate()
    assert.equal(resolved, false)
    assert.deepEqual(await listed(openMemoryStore({ clock, state })), [])
  })

  it('can be closed after a crash, which changes nothing', async () => {
    const state = memoryState()
    const doomed = openMemoryStore({ clock, state })
    await doomed.coordination.register(aWorker('w1'))
    doomed.crash()
    await doomed.close()
    assert.equal((await openMemoryStore({ clock, state }).coordination.workers()).length, 1)
  })
})

describe('a fault', () => {
  it('before a group undoes it by a crash, after it by none', async () => {
    for (const [when, runs] of [
      ['before', ['r1']],
      ['after', ['r2', 'r1']],
    ] as const) {
      const state = memoryState()
      const store = openMemoryStore({ clock, state, faults: at(when, 2, 'crash') })
      await store.journal.submit(aSubmit('r1'))
      store.journal.submit(aSubmit('r2'))
      await setImmediate()
      await setImmediate()
      assert.deepEqual(await listed(openMemoryStore({ clock, state })), runs)
    }
  })

  it('rejects the operations of its group, which may have been done, and the store goes on', async () => {
    for (const [when, kind] of [
      ['before', 'submitted'],
      ['after', 'duplicate'],
    ] as const) {
      const store = openMemoryStore({ clock, faults: at(when, 1, 'fail') })
      await assert.rejects(store.journal.submit(aSubmit('r1')), { code: 'STORE_UNAVAILABLE' })
      assert.equal((await store.journal.submit(aSubmit('r1'))).kind, kind)
    }
  })
})

describe('a power loss', () => {
  it('takes what was not synced, and every process', async () => {
    const state = memoryState({ syncEvery: Number.POSITIVE_INFINITY })
    const store = openMemoryStore({ clock, state })
    await store.coordination.register(aWorker('w1'))
    await store.journal.submit(aSubmit('r1', { in: 's1', claim: { worker: 'w1' } }))
    state.sync()
    const before = await store.index.get('t1', 'r1')
    await store.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)], next: { status: 'completed' } }))
    await store.journal.submit(aSubmit('r2'))
    await store.index.remove('t1', 'r1')
    state.losePower()
    const after = openMemoryStore({ clock, state })
    assert.deepEqual(await after.index.get('t1', 'r1'), before)
    assert.equal((await after.journal.read('t1', 'r1', 0, 10)).length, 1)
    assert.deepEqual(await listed(after), ['r1'])
    assert.equal(await after.coordination.reap(), 1)
  })

  it('takes at most the groups since the last sync', async () => {
    const state = memoryState({ syncEvery: 2 })
    const store = openMemoryStore({ clock, state })
    for (const run of ['r1', 'r2', 'r3']) await store.journal.submit(aSubmit(run))
    state.losePower()
    assert.deepEqual(await listed(openMemoryStore({ clock, state })), ['r2', 'r1'])
  })

  it('takes nothing from a store of durability disk', async () => {
    const state = memoryState({ syncEvery: Number.POSITIVE_INFINITY })
    const store = openMemoryStore({ clock, state, durability: 'disk' })
    await store.journal.submit(aSubmit('r1'))
    state.losePower()
    assert.deepEqual(await listed(openMemoryStore({ clock, state })), ['r1'])
  })
})

describe('a copy of a state', () => {
  it('goes its own way, and holds no leases', async () => {
    const state = memoryState()
    const store = openMemoryStore({ clock, state })
    await store.coordination.register(aWorker('w1'))
    await store.journal.submit(aSubmit('r1', { claim: { worker: 'w1' } }))
    const copy = openMemoryStore({ clock, state: state.copy() })
    await store.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)] }))
    assert.equal((await copy.journal.read('t1', 'r1', 0, 10)).length, 1)
    assert.equal(await copy.coordination.reap(), 1)
    assert.equal((await copy.coordination.claim(aClaim())).runs[0]?.epoch, 2)
    assert.equal((await store.index.get('t1', 'r1'))?.epoch, 1)
  })
})

function at(when: 'before' | 'after', group: number, what: 'fail' | 'crash'): Faults {
  return (moment) => (moment.when === when && moment.group === group ? what : undefined)
}

async function listed(store: Pick<ReturnType<typeof openMemoryStore>, 'index'>): Promise<readonly string[]> {
  const { items } = await store.index.list('t1', {}, { limit: 100 })
  return items.map(({ run }) => run)
}
