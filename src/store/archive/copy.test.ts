import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { manualClock } from '../../core/manual-clock.ts'
import type { Archive } from '../archive.ts'
import { aCharge, aCommit, anEnd, anEntry, aSubmit, aWorker, bytes } from '../conformance/build.ts'
import type { EndedRun } from '../index-port.ts'
import { openMemoryStore } from '../memory/open.ts'
import { type MemoryState, memoryState } from '../memory/state.ts'
import type { Store } from '../store.ts'
import { archiveRun } from './copy.ts'
import { createSqlArchive } from './sql/open.ts'
import { openDatabase } from './sqlite/database.ts'
import { openSqliteArchive } from './sqlite/open.ts'
import { withArchive } from './with-archive.ts'

const folder = mkdtempSync(join(tmpdir(), 'polis-copy-'))
after(() => rmSync(folder, { recursive: true }))
let files = 0

describe('moving a run into the archive', () => {
  it('takes it out of the store whole, and it reads as before', async () => {
    await using world = await open()
    const { live, archive, both } = world
    const before = await everything(both, 'r1')
    assert.equal(
      await archiveRun(live, archive, await endedRun(live, 'r1'), { now: 9_000, store: 'inc-1' }),
      'archived',
    )
    assert.equal(await live.index.get('t1', 'r1'), undefined)
    const { record, ...rest } = await everything(both, 'r1')
    assert.deepEqual(
      { record: { ...record, archivedAt: undefined }, ...rest },
      { ...before, record: { ...before.record, archivedAt: undefined } },
    )
    assert.equal(record?.archivedAt, 9_000)
  })

  it('invariant 1: leaves it in one place or both, wherever it is killed, and ends what was begun the next time', async () => {
    let boundaries = 0
    for (let killAt = 1; ; killAt++) {
      await using world = await open()
      const whole = await everything(world.both, 'r1')
      const killer = createKiller(killAt)
      const dying = createSqlArchive(killer.wrap(await openDatabase({ path: world.path, clock: world.clock })))
      const moved = archiveRun(killer.wrapStore(world.live), dying, await endedRun(world.live, 'r1'), {
        now: 9_000,
        store: 'inc-1',
      })
      const outcome = await moved.catch(() => 'killed')
      await assertWhole(world.both, whole, `killed at boundary ${killAt}`)
      if (outcome === 'archived') break
      boundaries++
      for (const ended of (await world.live.index.ended(Number.MAX_SAFE_INTEGER, { limit: 10 })).items) {
        assert.equal(await archiveRun(world.live, world.archive, ended, { now: 9_999, store: 'inc-1' }), 'archived')
      }
      assert.equal(await world.live.index.get('t1', 'r1'), undefined)
      await assertWhole(world.both, whole, `taken up again after boundary ${killAt}`)
      const { runs, blobs } = await world.archive.usage()
      assert.deepEqual([runs, blobs], [1, 2])
    }
    assert.ok(boundaries > 20, `${boundaries} boundaries`)
  })

  it('invariant 2: a run that is retried while it is copied stays, and its copy goes', async () => {
    await using world = await open()
    const { live, archive } = world
    const ended = await endedRun(live, 'r1')
    const retry = async () => {
      const entries = [anEntry('r1', 3, { kind: 'run-retried', epoch: 2 })]
      await live.journal.append(aCommit('r1', { epoch: 2, seize: true, entries, next: { status: 'queued', at: 1 } }))
    }
    const late: Archive = {
      ...archive,
      put: async (run, content) => {
        const kept = await archive.put(run, content)
        await retry()
        return kept
      },
    }
    assert.equal(await archiveRun(live, late, ended, { now: 9_000, store: 'inc-1' }), 'changed')
    assert.equal((await live.index.get('t1', 'r1'))?.status, 'queued')
    assert.equal(await archive.get('t1', 'r1'), undefined)
  })

  it('invariant 3: two at once leave one copy and take it out of the store once', async () => {
    await using world = await open()
    const { live, archive, both } = world
    const whole = await everything(both, 'r1')
    const ended = await endedRun(live, 'r1')
    const other = await openSqliteArchive({ path: world.path, clock: world.clock })
    const outcomes = await Promise.allSettled([
      archiveRun(live, archive, ended, { now: 9_000, store: 'inc-1' }),
      archiveRun(live, other, ended, { now: 9_001, store: 'inc-1' }),
    ])
    assert.ok(outcomes.some(({ status }) => status === 'fulfilled'))
    await other.close()
    await assertWhole(both, whole, 'two at once')
    assert.equal(await live.index.get('t1', 'r1'), undefined)
  })

  it('invariant 3: who comes too late takes nothing away', async () => {
    await using world = await open()
    const { live, archive, both } = world
    const whole = await everything(both, 'r1')
    const ended = await endedRun(live, 'r1')
    const late: Archive = {
      ...archive,
      put: async (run, content) => {
        assert.equal(await archiveRun(live, archive, ended, { now: 8_000, store: 'inc-1' }), 'archived')
        return archive.put(run, content)
      },
    }
    assert.equal(await archiveRun(live, late, ended, { now: 9_000, store: 'inc-1' }), 'archived')
    await assertWhole(both, whole, 'the first took it away')
    assert.equal((await archive.get('t1', 'r1'))?.archivedAt, 8_000)
  })

  it('removes nothing where the copy is not what was written', async () => {
    await using world = await open()
    const { live, archive } = world
    const faults: readonly [Partial<Archive>, RegExp][] = [
      [{ read: async (...page) => (await archive.read(...page)).slice(1) }, /1 entries of 2/],
      [
        { read: async (...page) => (await archive.read(...page)).map((entry) => ({ ...entry, epoch: 7 })) },
        /other entries/,
      ],
      [{ blob: { ...archive.blob, read: async () => undefined } }, /blob [0-9a-f]{64}/],
      [{ get: async () => undefined }, /another record/],
    ]
    for (const [fault, what] of faults) {
      const ended = await endedRun(live, 'r1')
      await assert.rejects(archiveRun(live, { ...archive, ...fault }, ended, { now: 9_000, store: 'inc-1' }), {
        code: 'STORE_CORRUPT',
        message: what,
      })
      assert.equal((await live.journal.read('t1', 'r1', 0, 10)).length, 2)
      assert.equal(await archive.get('t1', 'r1'), undefined)
    }
  })

  it('refuses a run whose payload is not in the store', async () => {
    await using world = await open()
    const { live, archive } = world
    const blobless: Store = { ...live, blob: { ...live.blob, head: async () => undefined } }
    await assert.rejects(archiveRun(blobless, archive, await endedRun(live, 'r1'), { now: 9_000, store: 'inc-1' }), {
      code: 'STORE_CORRUPT',
      message: /entry 2 of run r1 refers to blob/,
    })
    assert.equal((await live.index.get('t1', 'r1'))?.status, 'failed')
  })
})

// One run that failed, in session `s1` and with a run above it, with two blobs and a charge.
async function open() {
  const clock = manualClock()
  const state: MemoryState = memoryState()
  const live = openMemoryStore({ clock, state })
  const path = join(folder, `${++files}.db`)
  const archive = await openSqliteArchive({ path, clock })
  const both = withArchive(live, archive)
  await live.coordination.register(aWorker('w1'))
  const put = async (text: string) => (await live.blob.put('t1', bytes(text))).hash
  const [input, payload] = [await put('the input'), await put('the payload')]
  await live.journal.submit(aSubmit('top', { claim: { worker: 'w1' } }))
  const record = { parent: { run: 'top', step: 'x' }, tags: { team: 'blue' } }
  await live.journal.submit(aSubmit('r1', { in: 's1', record, blobs: [input], key: { key: 'k', inputHash: 'h' } }))
  await live.coordination.claim({
    worker: 'w1',
    now: 10_000,
    slots: 9,
    releases: { writer: 'rel-1' },
    limits: { perAgent: {} },
  })
  await live.journal.append(aCommit('r1', { charges: [aCharge('r1', 'c1')] }))
  const entries = [anEntry('r1', 2, { kind: 'run-failed', payload: new Uint8Array(), blob: payload })]
  await live.journal.append(anEnd('r1', { entries, next: { status: 'failed' } }))
  return { clock, live, path, archive, both, [Symbol.asyncDispose]: both.close }
}

async function endedRun(live: Store, run: string): Promise<EndedRun> {
  const { items } = await live.index.ended(Number.MAX_SAFE_INTEGER, { limit: 10 })
  const found = items.find(({ record }) => record.run === run)
  assert.ok(found)
  return found
}

async function everything(store: Store, run: string) {
  const entries = await store.journal.read('t1', run, 0, 10)
  const payloads = await Promise.all(
    entries.map(async ({ blob }) =>
      blob === undefined ? undefined : Array.fromAsync((await store.blob.read('t1', blob)) ?? []),
    ),
  )
  return {
    record: await store.index.get('t1', run),
    entries,
    payloads,
    turns: await store.index.turns('t1', 's1', 0, 10),
    cost: await store.index.runCost('t1', run),
    above: await store.index.runCost('t1', 'top'),
    duplicate: (await store.journal.submit(aSubmit('r9', { in: 's1', key: { key: 'k', inputHash: 'h' } }))).kind,
  }
}

async function assertWhole(store: Store, whole: Awaited<ReturnType<typeof everything>>, when: string): Promise<void> {
  const found = await everything(store, 'r1')
  // While the run is in both places its own cost is counted where it is found first.
  const known = ({ record, entries, payloads, turns, duplicate }: typeof whole) => {
    const { archivedAt, ...rest } = record ?? {}
    return { record: rest, entries, payloads, turns, duplicate }
  }
  assert.deepEqual(known(found), known(whole), when)
}

// Plays the death of a process before or after each call to the archive's database and to the store's removal.
function createKiller(killAt: number) {
  let calls = 0
  const boundary = async () => {
    calls++
    if (calls >= killAt) throw new Error('killed')
  }
  const around =
    <Arguments extends readonly unknown[], T>(call: (...given: Arguments) => Promise<T>) =>
    async (...given: Arguments): Promise<T> => {
      await boundary()
      const done = await call(...given)
      await boundary()
      return done
    }
  return {
    wrap: (database: Awaited<ReturnType<typeof openDatabase>>) => ({
      ...database,
      all: <Row>(...statement: Parameters<typeof database.all>) => around(() => database.all<Row>(...statement))(),
      write: around(database.write),
    }),
    wrapStore: (store: Store): Store => ({ ...store, index: { ...store.index, remove: around(store.index.remove) } }),
  }
}
