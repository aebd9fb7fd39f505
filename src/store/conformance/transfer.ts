import assert from 'node:assert/strict'
import type { RunRecord } from '../../core/run.ts'
import type { Store } from '../store.ts'
import { PARTS, type Part } from '../transfer.ts'
import type { EntriesRow, Row, RunRow } from '../transfer-row.ts'
import {
  aCharge,
  aClaim,
  aCommit,
  aMessage,
  anEnd,
  anEntry,
  aQuestion,
  aReservation,
  aSchedule,
  aSubmit,
  aWorker,
  bytes,
} from './build.ts'
import type { Opened, Prove, World } from './world.ts'

const ALL = { limit: 100 }

/**
 * Moving a store into another one: everything reads as it did, and goes on. `fresh` opens another empty store; one that `books`
 * has several shards, and takes a reservation on a budget of another shard for the charge that it stands for.
 */
export function proveTransfer(prove: Prove, fresh: () => Promise<Opened>, books = false): void {
  prove('transfer 3, 4: a restored store reads as the one that it was dumped from', async (world) => {
    await fill(world)
    await using store = (await fresh()).store
    await move(world.store, store)
    const [now, before] = [await everything(store), await everything(world.store)]
    assert.deepEqual(settled(now, books), settled(before, books))
  })

  prove(
    'transfer 3: rows that are restored again, or anew from the middle of a journal, change nothing',
    async (world) => {
      await fill(world)
      await using store = (await fresh()).store
      await store.transfer.begin({ id: 'x1' })
      const rows = await dumpAll(world.store)
      for (const row of rows) await store.transfer.restore([row, row], 1)
      const once = await everything(store)
      await store.transfer.restore(rows, 2)
      assert.deepEqual(await everything(store), once)
      await store.transfer.finish()
      assert.deepEqual(await everything(store), once)
    },
  )

  prove('transfer 4: a run is not there before it is restored, whatever came of its journal', async (world) => {
    await fill(world)
    await using store = (await fresh()).store
    await store.transfer.begin({ id: 'x1' })
    const rows = await dumpAll(world.store)
    const entries = rows.filter((row): row is EntriesRow => row.kind === 'entries' && row.run === 'held')
    await store.transfer.restore(entries, 1)
    assert.equal(await store.index.get('t1', 'held'), undefined)
    assert.deepEqual((await store.index.list('t1', {}, ALL)).items, [])
  })

  prove(
    'a restored store is paused, of another incarnation, and cannot be resumed before the import is over',
    async (world) => {
      await world.submit('r1')
      await using store = (await fresh()).store
      const { incarnation } = await store.transfer.state()
      assert.equal(await store.transfer.begin({ id: 'x1' }), 0)
      await store.transfer.restore([], 7)
      const { paused, importing, ...facts } = await store.transfer.state()
      assert.match(paused?.reason ?? '', /restored/)
      assert.deepEqual(importing, { id: 'x1', progress: 7 })
      assert.notEqual(facts.incarnation, incarnation)
      assert.equal(await store.transfer.begin({ id: 'x1' }), 7)
      await assert.rejects(store.transfer.begin({ id: 'x2' }), { code: 'CONFLICT', message: /x1/ })
      await assert.rejects(store.transfer.resume(), { code: 'CONFLICT', message: /not ended/ })
      await store.transfer.finish()
      assert.notEqual((await store.transfer.state()).paused, undefined)
      await store.transfer.resume()
      assert.deepEqual(await store.transfer.state(), facts)
    },
  )

  prove('a store that holds anything is not imported into', async (world) => {
    await world.submit('r1')
    await assert.rejects(world.store.transfer.begin({ id: 'x1' }), { code: 'CONFLICT', message: /empty.*run/ })
    await assert.rejects(world.store.transfer.restore([], 1), { code: 'CONFLICT' })
    assert.equal((await world.store.transfer.state()).paused, undefined)
  })

  prove('G2: a worker of the original is fenced in the restored store', async (world) => {
    await world.start('r1')
    await using store = (await fresh()).store
    await move(world.store, store)
    await store.transfer.resume()
    const outcome = await store.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)] }))
    assert.equal(outcome.kind, 'fenced')
    await store.coordination.register(aWorker('w1'))
    const [claimed] = (await store.coordination.claim(aClaim())).runs
    assert.ok((claimed?.epoch ?? 0) > 1_000)
    for (const epoch of [1, 2, 3]) {
      const late = aCommit('r1', { epoch, entries: [anEntry('r1', 2, { epoch })] })
      assert.equal((await store.journal.append(late)).kind, 'fenced')
    }
    const epoch = claimed?.epoch ?? 0
    assert.equal((await store.journal.append(anEnd('r1', { epoch }))).kind, 'committed')
    assert.equal((await world.journal.append(anEnd('r1'))).kind, 'committed')
  })

  prove(
    'runs go on: timers that fell due fire, messages are read once, answers close their question',
    async (world) => {
      await fill(world)
      await using store = (await fresh()).store
      await move(world.store, store)
      await store.transfer.resume()
      await store.coordination.register(aWorker('w1'))
      const { runs } = await store.coordination.claim(aClaim({ now: world.clock.now() + 100_000 }))
      const names = runs.map(({ run }) => run)
      for (const run of ['held', 'timer', 'queued']) assert.ok(names.includes(run), run)
      assert.deepEqual(await store.journal.deliver(aMessage('held', 'm1')), { kind: 'duplicate' })
      assert.deepEqual(await store.journal.deliver(aMessage('held', 'm2')), { kind: 'duplicate' })
      const answer = aMessage('asks', 'a1', { kind: 'answer', closes: 'q1' })
      assert.deepEqual(await store.journal.deliver(answer), { kind: 'delivered' })
      assert.equal((await store.index.get('t1', 'asks'))?.status, 'queued')
    },
  )

  prove('G1, G7, G8: keys, turns and budgets hold on', async (world) => {
    await fill(world)
    await using store = (await fresh()).store
    await move(world.store, store)
    await store.transfer.resume()
    for (const key of ['k-held', 'k-ended', 'k-gone']) {
      const outcome = await store.journal.submit(aSubmit('new', { key: { key, inputHash: 'h' } }))
      assert.equal(outcome.kind, 'duplicate', key)
    }
    await store.coordination.register(aWorker('w1'))
    const { runs } = await store.coordination.claim(aClaim({ now: world.clock.now() }))
    const talks = runs.find(({ run }) => run === 'talks')
    assert.ok(talks)
    const { epoch, sequence } = talks
    const over = aReservation('talks', 'x9', { b1: 25 })
    const refused = await store.journal.append(aCommit('talks', { epoch, reserves: [over] }))
    assert.equal(refused.kind, 'over-budget')
    const end = aCommit('talks', {
      epoch,
      entries: [anEntry('talks', sequence + 1, { epoch })],
      next: { status: 'completed' },
    })
    await store.journal.append(end)
    assert.equal((await store.index.get('t1', 'waits'))?.status, 'queued')
    assert.equal((await store.index.session('t1', 's1'))?.active, 'waits')
  })

  prove('transfer 2: a snapshot stays as it was', async (world) => {
    await fill(world)
    const before = await dumpAll(world.store)
    await using snapshot = await world.store.transfer.snapshot()
    await using other = await world.store.transfer.snapshot()
    const all = await rowsOf(snapshot)
    assert.deepEqual(all, before)
    assert.deepEqual(await rowsOf(other, 2), before)
  })

  prove('sessions whose runs were read at several moments have one turn again', async (world) => {
    await using store = (await fresh()).store
    await store.transfer.begin({ id: 'x1' })
    await world.submit('r1', { in: 's1' })
    await world.submit('r2', { in: 's1' })
    const early = await dumpAll(world.store)
    const [first] = early.filter((row): row is RunRow => row.kind === 'run')
    const sessions = early.filter(({ kind }) => kind === 'session')
    await world.coordination.register(aWorker('w1'))
    await world.coordination.claim(aClaim())
    await world.journal.append(anEnd('r1'))
    const later = (await dumpAll(world.store)).filter((row) => row.kind !== 'run' || row.record.run !== 'r1')
    const rows = first === undefined ? [] : [...(await entriesOf(world.store, first)), first, ...sessions, ...later]
    await store.transfer.restore(rows, 1)
    await store.transfer.finish()
    const { active, waiting } = (await store.index.session('t1', 's1')) ?? {}
    assert.deepEqual({ active, waiting }, { active: 'r1', waiting: 1 })
    assert.equal((await store.index.get('t1', 'r2'))?.status, 'blocked')
  })
}

/** Copies one store into another, by rows alone. */
async function move(from: Store, to: Store): Promise<void> {
  await to.transfer.begin({ id: 'x1' })
  const rows = await dumpAll(from)
  await to.transfer.restore(rows, rows.length)
  for (const row of rows) {
    if (row.kind !== 'blob') continue
    const { tenant, hash, name, mediaType } = row
    const content = await from.blob.read(tenant, hash)
    const info = { ...(name === undefined ? {} : { name }), ...(mediaType === undefined ? {} : { mediaType }) }
    if (content !== undefined) await to.blob.put(tenant, content, info)
  }
  await to.transfer.finish()
}

async function dumpAll(store: Store): Promise<readonly Row[]> {
  return rowsOf({ dump: store.transfer.dump, journal: store.journal })
}

type Readable = Pick<Awaited<ReturnType<Store['transfer']['snapshot']>>, 'dump' | 'journal'>

async function rowsOf(source: Readable, limit = 3): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const part of PARTS) {
    for (let after: string | undefined, more = true; more; ) {
      const dumped = await source.dump(part as Part, after, limit)
      for (const row of dumped.rows) {
        if (row.kind === 'run') rows.push(...(await entriesOf(source, row)))
        rows.push(row)
      }
      after = dumped.next
      more = after !== undefined
    }
  }
  return rows
}

async function entriesOf({ journal }: Pick<Readable, 'journal'>, { record }: RunRow): Promise<readonly EntriesRow[]> {
  const { tenant, run, sequence } = record
  const rows: EntriesRow[] = []
  for (let after = 0; after < sequence; after += 2) {
    const entries = await journal.read(tenant, run, after, Math.min(2, sequence - after))
    rows.push({ kind: 'entries', tenant, run, entries })
  }
  return rows
}

// Runs of every kind, with everything that a run can have.
async function fill({ store, journal, index, coordination, blob, clock, start, submit }: World): Promise<void> {
  const key = (name: string) => ({ key: name, inputHash: 'h' })
  const { hash } = await blob.put('t1', bytes('content'), { name: 'a.txt', mediaType: 'text/plain' })
  const tags = { team: 'blue', 'ä b': 'ü' }
  await start('held', { key: key('k-held'), record: { tags, priority: 2 }, blobs: [hash] })
  await journal.deliver(aMessage('held', 'm1'))
  const some = [
    anEntry('held', 2),
    anEntry('held', 3, { payload: new Uint8Array([0, 255, 10, 13]) }),
    anEntry('held', 4),
  ]
  await journal.append(aCommit('held', { entries: some, consumed: ['m1'], snapshot: 3 }))
  await journal.deliver(aMessage('held', 'm2', { payload: new Uint8Array([1, 0, 2]) }))
  const spend = {
    reserves: [aReservation('held', 'x1', { b1: 25, b2: 99 })],
    charges: [aCharge('held', 'c1', { session: 's9' })],
  }
  await journal.append(aCommit('held', { ...spend, raises: [{ id: 'u1', key: 'b2', amounts: { tokens: 5 } }] }))
  await journal.append(aCommit('held', { reserves: [aReservation('held', 'x2', { b1: 25 })] }))
  await start('ended', { key: key('k-ended') })
  await journal.append(anEnd('ended', { charges: [aCharge('ended', 'c1', { assumed: true, tags })] }))
  await start('gone', { key: key('k-gone') })
  await journal.append(anEnd('gone', { charges: [aCharge('gone', 'c1')] }))
  await index.remove('t1', 'gone')
  await start('asks')
  const asks = [aQuestion('asks', 'q1', { assignee: 'ops', deadline: 99_000 }), aQuestion('asks', 'q2')]
  await journal.append(aCommit('asks', { asks, next: { status: 'suspended', reason: 'waits for a human' } }))
  await start('timer')
  await journal.append(aCommit('timer', { next: { status: 'suspended', wakeAt: clock.now() + 5_000 } }))
  await start('talks', { in: 's1' })
  const talk = { session: { state: bytes('one') }, title: 'A talk' }
  await journal.append(aCommit('talks', { entries: [anEntry('talks', 2)], ...talk }))
  await submit('waits', { in: 's1' })
  await submit('waits-too', { in: 's1', notBefore: clock.now() + 50 })
  await index.createSession({
    tenant: 't1',
    session: 's2',
    agent: 'writer',
    tags: { a: 'b' },
    title: 'Mine',
    ttl: 60_000,
  })
  await submit('queued', { record: { parent: { run: 'held', step: 'child' } } })
  await submit('other', { record: { tenant: 't2' } })
  await coordination.putSchedule(aSchedule('daily', { lastAt: 4_000, lastRun: 'ended' }))
  await store.ping()
}

async function everything({ index, journal, coordination, blob }: Store) {
  const tenants = ['t1', 't2']
  const records = (await Promise.all(tenants.map((tenant) => index.list(tenant, {}, ALL)))).flatMap(
    ({ items }) => items,
  )
  const session = async (name: string) => ({
    turns: await index.turns('t1', name, 1, 100),
    record: await index.session('t1', name),
  })
  return {
    records,
    tagged: (await index.list('t1', { tags: { team: 'blue' } }, ALL)).items,
    children: (await index.list('t1', { parent: 'held' }, ALL)).items,
    inSession: (await index.list('t1', { session: 's1' }, ALL)).items,
    journals: await Promise.all(records.map(({ tenant, run }) => journal.read(tenant, run, 0, 100))),
    inboxes: await Promise.all(records.map(({ tenant, run }) => journal.inbox({ tenant, run }))),
    questions: await index.questions('t1', {}, ALL),
    assigned: await index.questions('t1', { assignee: 'ops' }, ALL),
    sessions: await index.sessions('t1', {}, ALL),
    taggedSessions: await index.sessions('t1', { tags: { a: 'b' } }, ALL),
    turns: await Promise.all(['s1', 's2'].map(session)),
    budgets: await index.budgets('t1', {}, ALL),
    costs: await Promise.all((['agent', 'session', 'day'] as const).map((by) => index.costs('t1', { by, limit: 100 }))),
    runCosts: await Promise.all(records.map(({ tenant, run }) => index.runCost(tenant, run))),
    schedules: await coordination.schedules(),
    blobs: await contents(blob, 't1'),
  }
}

async function contents(blob: Store['blob'], tenant: string) {
  const hash = 'ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73'
  const head = await blob.head(tenant, hash)
  const chunks: number[] = []
  for await (const chunk of (await blob.read(tenant, hash)) ?? []) chunks.push(...chunk)
  return { name: head?.name, mediaType: head?.mediaType, size: head?.size, chunks }
}

// As after the death of every worker: what was held is queued. Epochs are higher.
function settled(
  { records, tagged, children, inSession, ...all }: Awaited<ReturnType<typeof everything>>,
  books: boolean,
) {
  const rest = books ? booked(all) : all
  const settle = (all: readonly RunRecord[]) =>
    all.map(({ epoch, status, worker, ...record }) => ({ ...record, status: status === 'running' ? 'queued' : status }))
  return { ...rest, lists: [records, tagged, children, inSession].map(settle) }
}

// What is reserved of a budget and what is settled are one sum; what is booked of it is in no list.
function booked<T extends Pick<Awaited<ReturnType<typeof everything>>, 'budgets' | 'costs' | 'runCosts'>>(all: T) {
  const { costs, runCosts, budgets, ...rest } = all
  const sums = budgets.items.map(({ settled, reserved, ...budget }) => ({
    ...budget,
    taken: { tokens: settled.tokens + reserved.tokens, nanos: settled.nanos + reserved.nanos },
  }))
  return { ...rest, sums }
}
