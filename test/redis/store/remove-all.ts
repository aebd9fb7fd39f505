import assert from 'node:assert/strict'
import { hasEnded, type RunRecord } from '../../../src/core/run.ts'
import { aCommit, anEntry, TENANT } from '../../../src/store/conformance/build.ts'
import type { Store } from '../../../src/store/store.ts'
import type { Played } from './played.ts'

const ALL = { limit: 1_000 }
// The counts of messages that ever arrived, and of what left for other shards, the names of tenants and agents, and what the store is.
const OWN: readonly string[] = ['beat', 'arrival', 'outn', 'T', 'meta']
const TEN_DAYS = 10 * 24 * 60 * 60 * 1000

/** Ends all runs, lets everything run out, and sees that Redis keeps nothing of it but what is the store's own. */
export async function removeAll({ store, clock, keys }: Played): Promise<void> {
  for (let open = await openRuns(store); open.length > 0; open = await openRuns(store))
    for (const record of open) await end(store, record)
  for (const worker of ['w1', 'w2']) await store.coordination.unregister(worker)
  await store.coordination.reap()
  clock.advance(TEN_DAYS)
  const now = clock.now()
  const expire = () => store.index.expire({ now, endedBefore: now, chargedBefore: now, limit: 3 })
  while ((await expire()) > 0);
  // What was still known then is looked at again later.
  clock.advance(TEN_DAYS)
  await store.index.expire({ now: clock.now(), endedBefore: now, chargedBefore: now, limit: 3 })
  const { items } = await store.index.sessions(TENANT, {}, ALL)
  for (const { session } of items) assert.ok(await store.index.removeSession(TENANT, session))
  const left = (await keys()).filter((key) => !OWN.includes(key))
  assert.deepEqual(left, [])
}

async function openRuns({ index }: Store): Promise<readonly RunRecord[]> {
  const { items } = await index.list(TENANT, {}, ALL)
  return items.filter(({ status }) => !hasEnded(status))
}

async function end({ journal }: Store, { run, status, epoch, sequence }: RunRecord): Promise<void> {
  const seize = status !== 'running'
  const next = seize ? epoch + 1 : epoch
  const consumed = (await journal.inbox({ tenant: TENANT, run })).map(({ id }) => id)
  const entries = [anEntry(run, sequence + 1, { kind: 'run-completed', epoch: next })]
  const commit = aCommit(run, { epoch: next, seize, consumed, entries, next: { status: 'completed' } })
  const { kind } = await journal.append(commit)
  assert.equal(kind, 'committed')
}
