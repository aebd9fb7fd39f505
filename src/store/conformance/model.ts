import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { PolisError } from '../../core/error.ts'
import { hasEnded } from '../../core/run.ts'
import { openMemoryStore } from '../memory/open.ts'
import type { Store } from '../store.ts'
import { aClaim, aCommit, aMessage, anEntry, aQuestion, aSession, aSubmit, aWorker, bytes, TENANT } from './build.ts'
import { type Operation, type Turn, turns } from './operation.ts'
import type { Opened } from './world.ts'

type Call = (store: Store) => Promise<unknown>
type Commitment = Extract<Operation, { readonly kind: 'commit' }>
type Submission = Extract<Operation, { readonly kind: 'submit' }>

const EVERYTHING = { limit: 1_000 }

/** Declares that an adapter, used by two processes, does what the memory store does, whatever is done to it. */
export function proveModel(name: string, open: () => Promise<Opened>, options: fc.Parameters<unknown> = {}): void {
  it(`the store ${name} answers and keeps what the model does, and both keep the guarantees`, async () => {
    const property = fc.asyncProperty(turns, (history) => play(history, open))
    await fc.assert(property, { numRuns: 60, interruptAfterTimeLimit: 20_000, ...options })
  })
}

async function play(history: readonly Turn[], open: () => Promise<Opened>): Promise<void> {
  const opened = await open()
  const model = openMemoryStore({ clock: opened.clock })
  const stores = [opened.store, await opened.reopen()]
  try {
    for (const store of [model, opened.store]) await register(store, 'w1', 'w2')
    let last: Call | undefined
    for (const { wait, elsewhere, operations } of history) {
      opened.clock.advance(wait)
      const calls: Call[] = []
      for (const operation of operations) {
        const call: Call = await callOf(operation, model, opened.clock.now(), last)
        calls.push(call)
        if (operation.kind === 'commit') last = call
      }
      // Leases are their process's own, so that only the first one has workers that leave.
      const store = elsewhere && operations.every(({ kind }) => kind !== 'leave') ? stores[1] : stores[0]
      const [expected, found] = await Promise.all([model, store].map((one) => outcomes(calls, one)))
      assert.deepEqual(found, expected)
      const kept = await everything(model)
      assert.deepEqual(await everything(opened.store), kept)
      assertGuarantees(kept)
    }
  } finally {
    for (const store of stores.reverse()) await store.close()
  }
}

async function register(store: Store, ...workers: string[]): Promise<void> {
  for (const worker of workers) await store.coordination.register(aWorker(worker))
}

async function outcomes(calls: readonly Call[], store: Store | undefined): Promise<readonly unknown[]> {
  assert.ok(store)
  return Promise.all(
    calls.map(async (call) => {
      try {
        const outcome = await call(store)
        return isConflict(outcome) ? 'conflict' : outcome
      } catch (error) {
        return PolisError.from(error).code
      }
    }),
  )
}

// Why a commit conflicts is for people, and each store's own.
function isConflict(outcome: unknown): boolean {
  return typeof outcome === 'object' && outcome !== null && 'kind' in outcome && outcome.kind === 'conflict'
}

async function callOf(operation: Operation, model: Store, now: number, last: Call | undefined): Promise<Call> {
  switch (operation.kind) {
    case 'submit':
      return submitCall(operation, now)
    case 'commit':
      return commitCall(operation, model)
    case 'retry':
      return last ?? ((store) => store.ping())
    case 'deliver': {
      const { run, id, closes } = operation
      const message = aMessage(run, id, closes === undefined ? {} : { closes, kind: 'answer' })
      return (store) => store.journal.deliver(message)
    }
    case 'claim': {
      const { worker, slots, limit } = operation
      const limits = { perAgent: {}, ...(limit === undefined ? {} : { perTenant: limit }) }
      return (store) => store.coordination.claim(aClaim({ worker, slots, now, limits }))
    }
    case 'leave':
      return async (store) => {
        await store.coordination.unregister(operation.worker)
        await register(store, operation.worker)
      }
    case 'remove':
      return (store) => store.index.remove(TENANT, operation.run)
    case 'remove-session':
      return (store) => store.index.removeSession(TENANT, operation.session)
    case 'remove-session-runs':
      return (store) => store.index.removeSessionRuns(TENANT, operation.session, operation.limit)
    case 'create-session': {
      const { session, ttl, title } = operation
      return (store) => store.index.createSession(aSession(session, { ttl, ...(title ? { title } : {}) }))
    }
    case 'change-session':
      return (store) => store.index.changeSession(TENANT, operation.session, operation.change)
    case 'expire':
      return (store) => store.index.expire({ now, endedBefore: now - 60, limit: operation.limit })
  }
}

function submitCall(
  { run, session, policy, key, inputHash, held, delay, priority, agent }: Submission,
  now: number,
): Call {
  const submit = aSubmit(run, {
    record: { priority, agent, createdAt: now, updatedAt: now },
    policy,
    notBefore: now + delay,
    ...(session === undefined ? {} : { in: session }),
    ...(key === undefined ? {} : { key: { key, inputHash } }),
    ...(held ? { claim: { worker: 'w1' } } : {}),
  })
  return (store) => store.journal.submit(submit)
}

async function commitCall(operation: Commitment, model: Store): Promise<Call> {
  const {
    run,
    fit,
    epochOff,
    headOff,
    count,
    next,
    consume,
    ask,
    closes,
    withdraws,
    session,
    title,
    to,
    child,
    snapshot,
  } = operation
  const record = await model.index.get(TENANT, run)
  const inbox = await model.journal.inbox({ tenant: TENANT, run })
  const seize = (record?.status !== 'running') === fit
  const epoch = (record?.epoch ?? 0) + epochOff + (seize ? 1 : 0)
  const first = (record?.sequence ?? 0) + 1 + headOff
  const commit = aCommit(run, {
    epoch,
    seize,
    entries: Array.from({ length: count }, (_, index) => anEntry(run, first + index, { epoch })),
    ...(consume ? { consumed: inbox.map(({ id }) => id) } : {}),
    ...(ask === undefined ? {} : { asks: [aQuestion(run, ask)] }),
    ...(closes === undefined ? {} : { closes: [closes] }),
    ...(withdraws === undefined ? {} : { withdraws: [withdraws] }),
    ...(session === undefined ? {} : { session: session === 'restore' ? session : { state: bytes(session) } }),
    ...(title === undefined ? {} : { title }),
    ...(to === undefined ? {} : { messages: [aMessage(to, `from ${run}`)] }),
    ...(child === undefined ? {} : { submits: [aSubmit(child, record?.session ? { in: record.session } : {})] }),
    ...(snapshot && count > 0 ? { snapshot: first } : {}),
    ...(next === undefined ? {} : { next }),
  })
  return (store) => store.journal.append(commit)
}

async function everything({ index, journal, coordination }: Store) {
  const { items: records } = await index.list(TENANT, {}, EVERYTHING)
  const runs = await Promise.all(
    records.map(async (record) => ({
      record,
      entries: await journal.read(TENANT, record.run, 0, 10_000),
      inbox: await journal.inbox({ tenant: TENANT, run: record.run }),
    })),
  )
  return {
    runs,
    questions: await index.questions(TENANT, {}, EVERYTHING),
    sessions: await index.sessions(TENANT, {}, EVERYTHING),
    turns: await Promise.all(['s0', 's1'].map((session) => index.turns(TENANT, session, 1, 10_000))),
    counts: (await index.counts()).map(({ status, agent, count }) => `${status} ${agent} ${count}`).sort(),
    held: await Promise.all(['w1', 'w2'].map((worker) => journal.inbox({ worker }))),
    workers: (await coordination.workers()).length,
  }
}

function assertGuarantees({ runs, sessions }: Awaited<ReturnType<typeof everything>>): void {
  for (const { record, entries } of runs) {
    const sequences = entries.map(({ sequence }) => sequence)
    assert.deepEqual(
      sequences,
      Array.from({ length: record.sequence }, (_, at) => at + 1),
      'G4: no gaps',
    )
    const epochs = entries.map(({ epoch }) => epoch)
    assert.deepEqual(
      epochs,
      epochs.toSorted((a, b) => a - b),
      'G2: no epoch writes after a later one',
    )
    assert.ok((record.snapshot ?? 0) <= record.sequence, 'a snapshot is in the journal')
    assert.equal(record.worker !== undefined, record.status === 'running', 'who runs is held')
    assert.equal(record.endedAt !== undefined, hasEnded(record.status), 'who ended has an end')
  }
  for (const { session, active, waiting } of sessions.items) {
    const open = runs.map(({ record }) => record).filter((run) => run.session === session && !hasEnded(run.status))
    const going = open.filter(({ status }) => status !== 'blocked').map(({ run }) => run)
    assert.deepEqual(going, active === undefined ? [] : [active], 'G7: at most one has the turn')
    assert.equal(open.length - going.length, waiting, 'G7: the others wait')
    assert.ok(active !== undefined || waiting === 0, 'G7: a free turn is taken')
  }
}
