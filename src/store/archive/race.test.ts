import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { PolisError } from '../../core/error.ts'
import { manualClock } from '../../core/manual-clock.ts'
import { type Random, seededRandom } from '../../core/random.ts'
import { hasEnded } from '../../core/run.ts'
import type { Archive } from '../archive.ts'
import { aCommit, anEnd, anEntry, aSubmit, aWorker, bytes } from '../conformance/build.ts'
import { openMemoryStore } from '../memory/open.ts'
import type { Store } from '../store.ts'
import { archiveRun } from './copy.ts'
import { openSqliteArchive } from './sqlite/open.ts'
import { withArchive } from './with-archive.ts'

const folder = mkdtempSync(join(tmpdir(), 'polis-race-'))
after(() => rmSync(folder, { recursive: true }))

const SEEDS = 10
const RUNS = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5']

describe('several processes that archive, and users that retry and remove meanwhile', () => {
  it('lose no run and bring none back, however their calls fall', async () => {
    for (let seed = 1; seed <= SEEDS; seed++) await play(seed)
  })
})

// Every call waits a random while before and after, so that the calls of all fall between each other.
async function play(seed: number): Promise<void> {
  const random = seededRandom(seed)
  const clock = manualClock()
  const live = openMemoryStore({ clock })
  const path = join(folder, `${seed}.db`)
  const archives = await Promise.all([1, 2, 3].map(() => openSqliteArchive({ path, clock })))
  await live.coordination.register(aWorker('w1'))
  const { hash } = await live.blob.put('t1', bytes('shared'))
  for (const run of RUNS) {
    await live.journal.submit(aSubmit(run, { claim: { worker: 'w1' }, blobs: [hash] }))
    await live.journal.append(anEnd(run, { next: { status: 'failed' } }))
  }
  clock.advance(1)
  const [one, two, seen] = archives
  assert.ok(one && two && seen)
  const both = withArchive(live, seen)
  const removed = new Set<string>()
  const going = { users: true }
  const users = use(withArchive(slow(live, random), slow(seen, random)), both, random, removed).finally(
    () => (going.users = false),
  )
  await Promise.all([
    users,
    ...[one, two].map((archive) => move(slow(live, random), slow(archive, random), clock, going)),
  ])
  await assertWhole(both, removed, `seed ${seed}`)
  const listed = (await seen.list('t1', {}, { limit: 100 })).items.map(({ run }) => run)
  assert.deepEqual(
    listed.toSorted(),
    RUNS.filter((run) => !removed.has(run)),
    `seed ${seed}: all that is left is archived`,
  )
  assert.equal(
    (await live.index.list('t1', {}, { limit: 100 })).items.length,
    0,
    `seed ${seed}: nothing is left in the store`,
  )
  for (const archive of archives) await archive.close()
  await live.close()
}

async function move(live: Store, archive: Archive, clock: ReturnType<typeof manualClock>, going: { users: boolean }) {
  for (let isLast = false; !isLast; ) {
    isLast = !going.users
    clock.advance(1)
    const { items } = await live.index.ended(clock.now(), { limit: 4 })
    await Promise.all(
      items.map((ended) =>
        archiveRun(live, archive, ended, { now: clock.now(), store: 'inc-1' }).catch((reason) => {
          // Another was quicker: the next look finds it done, or to be done.
          assert.equal(PolisError.from(reason).code, 'CONFLICT', String(reason))
        }),
      ),
    )
    if (items.length > 0) isLast = false
  }
}

async function use(slowed: Store, both: Store, random: Random, removed: Set<string>): Promise<void> {
  for (let step = 0; step < 12; step++) {
    const run = RUNS[Math.floor(random.next() * RUNS.length)] ?? 'r0'
    const record = await both.index.get('t1', run)
    if (record !== undefined && random.next() < 0.3) {
      if (await slowed.index.remove('t1', run)) removed.add(run)
    } else if (record !== undefined && hasEnded(record.status)) {
      await retry(slowed, run, record.epoch + 1, record.sequence + 1)
    }
    await assertWhole(both, removed, `step ${step}`)
  }
}

// Refused where the run is in the archive by now.
async function retry({ journal }: Store, run: string, epoch: number, sequence: number): Promise<void> {
  try {
    const entries = [anEntry(run, sequence, { kind: 'run-retried', epoch })]
    const retried = await journal.append(
      aCommit(run, { epoch, seize: true, entries, next: { status: 'queued', at: 1 } }),
    )
    if (retried.kind !== 'committed') return
    const end = [anEntry(run, sequence + 1, { kind: 'run-failed', epoch: epoch + 1 })]
    await journal.append(anEnd(run, { epoch: epoch + 1, seize: true, entries: end, next: { status: 'failed' } }))
  } catch (reason) {
    assert.equal(PolisError.from(reason).code, 'CONFLICT', String(reason))
  }
}

async function assertWhole(both: Store, removed: ReadonlySet<string>, when: string): Promise<void> {
  for (const run of RUNS) {
    const record = await both.index.get('t1', run)
    if (removed.has(run)) assert.equal(record, undefined, `${when}: ${run} is gone`)
    else {
      const entries = await both.journal.read('t1', run, 0, 1000)
      assert.ok(record, `${when}: ${run} is there`)
      assert.ok(
        entries.length >= record.sequence,
        `${when}: ${run} is whole, with ${entries.length} of ${record.sequence}`,
      )
    }
  }
}

function slow<T extends object>(port: T, random: Random): T {
  const wait = async () => {
    for (let turns = Math.floor(random.next() * 4); turns > 0; turns--) await turn()
  }
  const slowed = Object.entries(port).map(([name, part]) => {
    if (typeof part === 'function') {
      const call = async (...given: unknown[]) => {
        await wait()
        const answer = await part(...given)
        await wait()
        return answer
      }
      return [name, call]
    }
    return [name, typeof part === 'object' && part !== null && name !== 'state' ? slow(part, random) : part]
  })
  return { ...port, ...Object.fromEntries(slowed) }
}
