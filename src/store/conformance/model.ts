import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { it } from 'node:test'
import fc from 'fast-check'
import type { BudgetRecord } from '../../core/budget.ts'
import { PolisError } from '../../core/error.ts'
import type { ManualClock } from '../../core/manual-clock.ts'
import { hasEnded, RUN_STATUSES } from '../../core/run.ts'
import type { RunFilter } from '../index-port.ts'
import type { Commit, Message } from '../journal.ts'
import { openMemoryStore } from '../memory/open.ts'
import type { Store } from '../store.ts'
import {
  aCharge,
  aClaim,
  aCommit,
  aMessage,
  anEntry,
  aQuestion,
  aReservation,
  aSession,
  aSubmit,
  aWorker,
  bytes,
  TENANT,
} from './build.ts'
import { type Operation, type Spending, type Turn, tame, turns } from './operation.ts'
import type { Opened } from './world.ts'

type Call = (store: Store) => Promise<unknown>
type Commitment = Extract<Operation, { readonly kind: 'commit' }>
type Submission = Extract<Operation, { readonly kind: 'submit' }>

const EVERYTHING = { limit: 1_000 }

/**
 * Declares that an adapter, used by two processes, does what the memory store does, whatever is done to it. `after` is called at the end
 * of each history, for what the adapter keeps of it. A store in `several` shards is given histories that it can follow (`tame`), and may
 * take a budget for older than its first reservation, or for changed later.
 */
export function proveModel<O extends Opened>(
  name: string,
  open: () => Promise<O>,
  options: fc.Parameters<unknown> = {},
  after: (opened: O) => Promise<void> = async () => {},
  shards: 'one' | 'several' = 'one',
): void {
  it(`the store ${name} answers and keeps what the model does, and both keep the guarantees`, async () => {
    const property = fc.asyncProperty(turns, (history) =>
      play(shards === 'one' ? history : tame(history), open, after, shards),
    )
    await fc.assert(property, { numRuns: 60, interruptAfterTimeLimit: 20_000, ...options })
  })
}

async function play<O extends Opened>(
  history: readonly Turn[],
  open: () => Promise<O>,
  after: (opened: O) => Promise<void>,
  shards: 'one' | 'several',
): Promise<void> {
  const see = async (store: Store) => (shards === 'one' ? everything(store) : withoutTimes(await everything(store)))
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
      const kept = await see(model)
      assert.deepEqual(await see(opened.store), kept)
      assertGuarantees(kept)
    }
    await after(opened)
  } finally {
    for (const store of stores.reverse()) await store.close()
  }
}

/** Has all of it happen to one store, whatever that answers: it has been anywhere then. */
export async function playInto(store: Store, clock: ManualClock, history: readonly Turn[]): Promise<void> {
  await register(store, 'w1', 'w2')
  let last: Call | undefined
  for (const { wait, operations } of history) {
    clock.advance(wait)
    for (const operation of operations) {
      const call = await callOf(operation, store, clock.now(), last)
      await outcomes([call], store)
      if (operation.kind === 'commit') last = call
    }
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
      const kind = operation.cancels ? 'cancel' : 'event'
      const message = aMessage(run, id, closes === undefined ? { kind } : { closes, kind: 'answer' })
      return (store) => store.journal.deliver(message)
    }
    case 'claim': {
      const { worker, slots, limit } = operation
      const limits = { perAgent: {}, ...(limit === undefined ? {} : { perTenant: limit }) }
      return async (store) => {
        // Journals at hand are a convenience of some adapters.
        const { fresh: _, ...claimed } = await store.coordination.claim(aClaim({ worker, slots, now, limits }))
        return claimed
      }
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
    case 'put-blob':
      return (store) => store.blob.put(TENANT, bytes(operation.blob))
    case 'expire':
      return (store) =>
        store.index.expire({ now, endedBefore: now - 60, chargedBefore: now - 500, limit: operation.limit })
  }
}

function submitCall(
  { run, session, policy, key, inputHash, held, delay, priority, agent, team, below }: Submission,
  now: number,
): Call {
  const submit = aSubmit(run, {
    record: { priority, agent, ...familyOf(run, below), tags: team ? { team } : {}, createdAt: now, updatedAt: now },
    policy,
    notBefore: now + delay,
    ...(session === undefined ? {} : { in: session }),
    ...(key === undefined ? {} : { key: { key, inputHash } }),
    ...(held ? { claim: { worker: 'w1' } } : {}),
  })
  return (store) => store.journal.submit(submit)
}

// Below the run before it, so that no run is below itself.
function familyOf(run: string, below: boolean) {
  const before = Number(run.slice(1)) - 1
  return below && before >= 0 ? { parent: { run: `r${before}`, step: 'call' } } : {}
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
    blob,
    spend,
  } = operation
  const record = await model.index.get(TENANT, run)
  const { childSession = record?.session } = operation
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
    ...(child === undefined ? {} : { submits: [aSubmit(child, childSession == null ? {} : { in: childSession })] }),
    ...(snapshot && count > 0 ? { snapshot: first } : {}),
    ...(blob === undefined ? {} : { blobs: [hashOf(blob)] }),
    ...(next === undefined ? {} : { next }),
    ...(spend === undefined ? {} : spendingOf(run, spend)),
  })
  return (store) => store.journal.append(commit)
}

// No settlement takes more than was reserved, and every reservation names the same limit: so no budget may ever be over it.
function spendingOf(run: string, { reserve, settle, charge, raise }: Spending): Partial<Commit> {
  const limits = Object.fromEntries((reserve?.keys ?? []).map((key) => [key, 25]))
  return {
    ...(reserve === undefined ? {} : { reserves: [aReservation(run, reserve.id, limits)] }),
    ...(settle === undefined ? {} : { settles: [{ id: settle.id, amounts: { tokens: settle.tokens } }] }),
    ...(charge === undefined ? {} : { charges: [aCharge(run, charge, { session: run })] }),
    ...(raise === undefined ? {} : { raises: [{ ...raise, amounts: { tokens: 5 } }] }),
  }
}

function hashOf(blob: string): string {
  return createHash('sha256').update(blob).digest('hex')
}

// One of each filter, and two that are one by one in no list.
const FILTERS: readonly RunFilter[] = [
  ...RUN_STATUSES.map((status) => ({ status: [status] })),
  ...[{ agent: 'writer' }, { session: 's0' }, { parent: 'r0' }, { release: 'none' }, { tags: { team: 'blue' } }],
  ...[
    { agent: 'writer', status: ['running', 'queued'], tags: { team: 'red' } } as const,
    { session: 's1', parent: 'r1' },
  ],
]

async function filtered({ index }: Store) {
  const lists = await Promise.all(FILTERS.map((filter) => index.list(TENANT, filter, EVERYTHING)))
  return lists.map(({ items }) => items.map(({ run }) => run))
}

// All runs by pages of two, and after each the place in the list.
async function paged({ index }: Store): Promise<readonly unknown[]> {
  const pages: unknown[] = []
  for (let cursor: string | undefined, isMore = true; isMore; isMore = cursor !== undefined) {
    const page = await index.list(TENANT, {}, { limit: 2, ...(cursor === undefined ? {} : { cursor }) })
    pages.push(page.items.map(({ run }) => run))
    cursor = page.cursor
  }
  return pages
}

async function everything(store: Store) {
  const { index, journal, coordination, blob } = store
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
    ended: await index.ended(Number.MAX_SAFE_INTEGER, EVERYTHING),
    counts: (await index.counts()).map(({ status, agent, count }) => `${status} ${agent} ${count}`).sort(),
    releases: (await index.releases()).map(({ agent, release, count }) => `${agent} ${release} ${count}`).sort(),
    held: await Promise.all(['w1', 'w2'].map(async (worker) => byRun(await journal.inbox({ worker })))),
    budgets: (await index.budgets(TENANT, {}, EVERYTHING)).items,
    costs: await index.costs(TENANT, { by: 'session', ...EVERYTHING }),
    runCosts: await Promise.all(records.map(({ run }) => index.runCost(TENANT, run))),
    workers: (await coordination.workers()).length,
    blobs: await Promise.all(['one', 'two'].map((text) => blob.head(TENANT, hashOf(text)))),
    filtered: await filtered(store),
    paged: await paged(store),
  }
}

function withoutTimes<T extends { readonly budgets: readonly BudgetRecord[] }>(kept: T): T {
  const budgets = kept.budgets.map((budget) => ({ ...budget, createdAt: 0, updatedAt: 0 }))
  return { ...kept, budgets: budgets.sort((a, b) => (a.key < b.key ? -1 : 1)) }
}

// Messages to one run come in their order; those to several have none but their times.
function byRun(messages: readonly Message[]): readonly Message[] {
  return messages.toSorted((a, b) => (a.run === b.run ? 0 : a.run < b.run ? -1 : 1))
}

function assertGuarantees({ runs, sessions, budgets }: Awaited<ReturnType<typeof everything>>): void {
  const allOver = runs.every(({ record }) => hasEnded(record.status))
  for (const { limits, raised, settled, reserved } of budgets) {
    const most = (limits.tokens ?? Number.POSITIVE_INFINITY) + raised.tokens
    assert.ok(settled.tokens + reserved.tokens <= most, 'G8: settled and reserved stay within the limit')
    assert.ok(reserved.tokens >= 0 && (!allOver || reserved.tokens === 0), 'G8: nothing is reserved by runs that ended')
  }
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
