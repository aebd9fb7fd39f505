import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { PolisError } from '../../core/error.ts'
import { archiveRun } from '../../store/archive/copy.ts'
import { openSqliteArchive } from '../../store/archive/sqlite/open.ts'
import { withArchive } from '../../store/archive/with-archive.ts'
import type { Archive } from '../../store/archive.ts'
import { openMemoryStore } from '../../store/memory/open.ts'
import { silentLog } from '../../telemetry/log.ts'
import { silentMetrics } from '../../telemetry/metrics.ts'
import { createBed, step } from '../fake/test-bed.ts'
import type { Scope } from '../scope.ts'
import { createService } from './create.ts'

const folder = mkdtempSync(join(tmpdir(), 'polis-service-archive-'))
after(() => rmSync(folder, { recursive: true }))
let files = 0

const forever = () => new AbortController().signal
const large = 'x'.repeat(300 * 1024)

describe('a run that left the store', () => {
  it('is shown with its output, its entries and its stream, as before', async () => {
    await using bed = await open()
    const run = await bed.run('said')
    const before = await bed.entries(run)
    await bed.archiveAll()
    const view = await bed.service.run(bed.caller, run)
    assert.deepEqual([view.status, view.output, typeof view.archivedAt], ['completed', 'said', 'number'])
    assert.deepEqual(await bed.service.entries(bed.caller, run, 0, 100), before)
    assert.deepEqual(await bed.service.entries(bed.caller, run, 1, 1), before.slice(1, 2))
    assert.deepEqual(await Array.fromAsync(bed.service.follow(bed.caller, run, 0, forever())), before)
    assert.deepEqual(await Array.fromAsync(bed.service.follow(bed.caller, run, 2, forever())), before.slice(2))
    assert.equal((await bed.service.wait(bed.caller, run, forever())).output, 'said')
  })

  it('G4: is followed without a gap by whoever followed it while it left', async () => {
    await using bed = await open()
    const run = await bed.run('said')
    const before = await bed.entries(run)
    const seen: unknown[] = []
    for await (const entry of bed.service.follow(bed.caller, run, 0, forever())) {
      if (seen.push(entry) === 1) await bed.archiveAll()
    }
    assert.deepEqual(seen, before)
  })

  it('G1: is what a submit with its key answers, with its output; another input is still a conflict', async () => {
    await using bed = await open()
    const run = await bed.run('said', { key: 'k' })
    await bed.archiveAll()
    const again = await bed.service.submit(bed.caller, { agent: 'agent', input: 'said', key: 'k' })
    assert.deepEqual([again.run.run, again.duplicate], [run, true])
    assert.equal((await bed.service.wait(bed.caller, again.run.run, forever())).output, 'said')
    const other = bed.service.submit(bed.caller, { agent: 'agent', input: 'other', key: 'k' })
    await assert.rejects(other, { code: 'IDEMPOTENCY_CONFLICT' })
  })

  it('is told of by lists, and listed where it is asked for', async () => {
    await using bed = await open()
    const [first, second] = [await bed.run('a', { tags: { team: 'blue' } }), await bed.run('b')]
    await bed.archiveAll()
    const third = await bed.run('c')
    const list = async (query: Parameters<typeof bed.service.runs>[1], limit = 10) => {
      const { items, archived } = await bed.service.runs(bed.caller, query, { limit })
      return [items.map(({ run }) => run), archived]
    }
    assert.deepEqual(await list({}), [[third], true])
    assert.deepEqual(await list({ archived: true }), [[second, first], undefined])
    assert.deepEqual(await list({ archived: true, tags: { team: 'blue' } }), [[first], undefined])
    assert.deepEqual(await list({ status: ['failed'] }), [[], undefined])
  })

  it('refuses what would change it, and says why', async () => {
    await using bed = await open()
    const run = await bed.run('fail')
    await bed.archiveAll()
    const { service, caller } = bed
    await assert.rejects(service.cancel(caller, run), { code: 'ALREADY_ENDED' })
    await assert.rejects(service.pause(caller, run), { code: 'ALREADY_ENDED' })
    await assert.rejects(service.send(caller, run, { name: 'n', data: 1 }), { code: 'ALREADY_ENDED' })
    await assert.rejects(service.answer(caller, run, 'q', 1), { code: 'ALREADY_ENDED' })
    await assert.rejects(service.retry(caller, run), { code: 'CONFLICT', message: /is in the archive.*forked/ })
  })

  it('is forked, with the blobs that it refers to', async () => {
    await using bed = await open()
    const run = await bed.run(large)
    await bed.archiveAll()
    const hashes = (await bed.archive.usage()).blobs
    assert.ok(hashes > 0)
    const fork = await bed.service.fork(bed.caller, run)
    await bed.archive.remove(bed.caller.tenant, run)
    await bed.bed.finish(fork.run)
    assert.equal((await bed.service.run(bed.caller, fork.run)).output, large)
  })

  it('is removed from the archive too', async () => {
    await using bed = await open()
    const run = await bed.run(large)
    await bed.archiveAll()
    await bed.service.remove(bed.caller, run)
    await assert.rejects(bed.service.run(bed.caller, run), { code: 'NOT_FOUND' })
    const { runs, blobs } = await bed.archive.usage()
    assert.deepEqual([runs, blobs], [0, 0])
    await assert.rejects(bed.service.remove(bed.caller, run), { code: 'NOT_FOUND' })
  })
})

describe('a session whose runs left the store', () => {
  it('G7: shows them in the order of their turns, from any place on', async () => {
    await using bed = await open()
    const [first, second] = [await bed.run('a', { session: 's' }), await bed.run('b', { session: 's' })]
    await bed.archiveAll()
    const third = await bed.run('c', { session: 's' })
    const read = async (from: string | undefined, most: number) => {
      const seen: { cursor: string; run: string }[] = []
      for await (const { cursor, entry } of bed.service.history(bed.caller, 's', from, forever())) {
        seen.push({ cursor, run: entry.run })
        if (seen.length === most) break
      }
      return seen
    }
    const total = (
      await Promise.all([first, second, third].map((run) => bed.service.entries(bed.caller, run, 0, 100)))
    ).flat().length
    const all = await read(undefined, total)
    assert.deepEqual([...new Set(all.map(({ run }) => run))], [first, second, third])
    const middle = all[Math.floor(total / 2)]?.cursor
    assert.deepEqual(await read(middle, total - Math.floor(total / 2) - 1), all.slice(Math.floor(total / 2) + 1))
  })

  it('goes with all of them, and what is below them', async () => {
    await using bed = await open()
    await bed.run('parent', { session: 's' })
    await bed.run('other')
    await bed.archiveAll()
    await bed.run('b', { session: 's' })
    assert.equal((await bed.archive.usage()).runs, 3)
    await bed.service.removeSession(bed.caller, 's')
    const { items } = await bed.service.runs(bed.caller, { archived: true }, { limit: 10 })
    assert.equal(items.length, 1)
    assert.equal((await bed.service.runs(bed.caller, {}, { limit: 10 })).items.length, 0)
  })
})

describe('a store whose archive is away', () => {
  it('goes on with what is in the store, and says of the rest that it cannot know', async () => {
    await using bed = await open((archive) => ({ ...archive, ...AWAY }))
    const { service, caller } = bed
    const run = await bed.run('said', { session: 's', key: 'k' })
    assert.equal((await service.run(caller, run)).output, 'said')
    assert.equal((await service.wait(caller, run, forever())).output, 'said')
    const entries = await service.entries(caller, run, 0, 100)
    assert.deepEqual(await Array.fromAsync(service.follow(caller, run, 0, forever())), entries)
    assert.equal((await service.submit(caller, { agent: 'agent', input: 'said', key: 'k', session: 's' })).run.run, run)
    assert.deepEqual((await service.runs(caller, {}, { limit: 10 })).archived, undefined)
    assert.equal((await service.transcript(caller, 's', { limit: 10 })).items.length > 0, true)
    const failed = await bed.run('fail')
    await service.retry(caller, failed)
    assert.equal((await service.cancel(caller, failed)).status, 'cancelled')
    await assert.rejects(service.run(caller, 'run_01k0000000000000000000000'), { code: 'STORE_UNAVAILABLE' })
    await assert.rejects(service.runs(caller, { archived: true }, { limit: 10 }), { code: 'STORE_UNAVAILABLE' })
  })
})

const away = () => Promise.reject(new PolisError('STORE_UNAVAILABLE', 'The archive is away'))
const AWAY: Partial<Archive> = {
  ...{ put: away, get: away, list: away, read: away, turns: away, cost: away, sessions: away, remove: away },
  ...{ removeSession: away, expire: away, usage: away, ping: away, blob: { head: away, read: away } },
}

const agent = async (scope: Scope, input: unknown) => {
  if (input === 'fail') throw new Error('as asked')
  if (input === 'parent') return scope.child('child', 'child', 'grown', {})
  return step(scope, 'echo', () => input)
}

async function open(change = (archive: Archive): Archive => archive) {
  const bed = createBed({ agents: { agent: agent as never, child: agent as never } })
  await bed.open()
  const live = openMemoryStore({ clock: bed.clock, state: bed.state })
  const archive = await openSqliteArchive({ path: join(folder, `${++files}.db`), clock: bed.clock })
  const store = withArchive(live, change(archive))
  const service = createService({
    ...{ store, archive: store.archive, ids: bed.ids, clock: bed.clock, log: silentLog, metrics: silentMetrics },
    agents: bed.service.agents,
  })
  return {
    ...{ bed, live, archive, service, caller: bed.caller, entries: bed.entries },
    run: async (input: string, request = {}) => {
      const run = await bed.submit(input, request)
      await bed.finish(run)
      return run
    },
    archiveAll: async () => {
      bed.clock.advance(1)
      for (const ended of (await live.index.ended(bed.clock.now(), { limit: 100 })).items) {
        assert.equal(await archiveRun(live, archive, ended, { now: bed.clock.now(), store: 'inc-1' }), 'archived')
      }
    },
    [Symbol.asyncDispose]: store.close,
  }
}
