import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { archiveRun } from '../../src/store/archive/copy.ts'
import { openSqliteArchive } from '../../src/store/archive/sqlite/open.ts'
import { withArchive } from '../../src/store/archive/with-archive.ts'
import { aCommit, anEnd, anEntry, aSubmit, aWorker, someEntries } from '../../src/store/conformance/build.ts'
import type { Store } from '../../src/store/store.ts'
import { skipWithout } from '../redis/server/binary.ts'
import { startRedis } from '../redis/server/redis.ts'
import { openPlayed } from '../redis/store/played.ts'

const RUNS = 400

it('Redis gets its memory back when ended runs leave, and they read as before', {
  skip: skipWithout('redis-server', 'redis-cli'),
}, async (test) => {
  const folder = mkdtempSync(join(tmpdir(), 'polis-archive-redis-'))
  test.after(() => rmSync(folder, { recursive: true }))
  await using redis = await startRedis()
  const played = await openPlayed(redis)
  const live = played.store
  const archive = await openSqliteArchive({ path: join(folder, 'archive.db'), clock: played.clock })
  await using both = withArchive(live, archive)
  await live.coordination.register(aWorker('w1'))
  const before = await live.usage()
  for (let at = 0; at < RUNS; at++) await runOne(live, at)
  const full = await live.usage()
  const read = () => Promise.all(Array.from({ length: RUNS }, (_, at) => both.journal.read('t1', `r${at}`, 0, 100)))
  const entries = await read()
  played.clock.advance(1)
  for (let left = RUNS; left > 0; ) {
    const { items } = await live.index.ended(played.clock.now(), { limit: 50 })
    for (const ended of items) await archiveRun(live, archive, ended, { now: played.clock.now(), store: 'inc-1' })
    left -= items.length
  }
  assert.deepEqual(await read(), entries)
  assert.equal((await both.index.turns('t1', 's1', 0, 1000)).length, RUNS / 10)
  const after = await live.usage()
  const count = (usage: typeof after, part: string) => usage.parts.find((it) => it.part === part)?.count
  assert.deepEqual([count(full, 'runs'), count(full, 'journals')], [RUNS, RUNS * 5])
  assert.deepEqual([count(after, 'runs'), count(after, 'journals'), count(after, 'keys')], [0, 0, RUNS])
  const bytes = ({ parts }: typeof after) => parts.reduce((sum, it) => sum + it.bytes, 0)
  const grown = bytes(full) - bytes(before)
  const kept = bytes(after) - bytes(before)
  test.diagnostic(
    `${Math.round(grown / RUNS)} bytes a run before, ${Math.round(kept / RUNS)} after, its idempotency key`,
  )
  assert.ok(kept < grown / 5, `${kept} of ${grown} bytes are left`)
})

async function runOne(store: Store, at: number): Promise<void> {
  const run = `r${at}`
  const session = at % 10 === 0 ? { in: 's1' } : { claim: { worker: 'w1' } }
  const payload = new Uint8Array(600).fill(at)
  await store.journal.submit(
    aSubmit(run, { ...session, key: { key: run, inputHash: 'h' }, record: { tags: { at: String(at % 7) } } }),
  )
  const taken = at % 10 === 0 ? { epoch: 1, seize: true } : {}
  await store.journal.append(aCommit(run, { ...taken, entries: someEntries(run, 2, 3, { payload }) }))
  const end = anEntry(run, 5, { kind: 'run-completed', epoch: at % 10 === 0 ? 2 : 1 })
  const outcome = await store.journal.append(
    anEnd(run, { entries: [end], ...(at % 10 === 0 ? { epoch: 2, seize: true } : {}) }),
  )
  assert.equal(outcome.kind, 'committed')
}
