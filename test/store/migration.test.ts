import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { systemClock } from '../../src/core/clock.ts'
import { createIds } from '../../src/core/id.ts'
import { systemRandom } from '../../src/core/random.ts'
import { createTransients } from '../../src/core/transient.ts'
import type { Scope } from '../../src/engine/scope.ts'
import { createService } from '../../src/engine/service/create.ts'
import { createWorker } from '../../src/engine/worker/worker.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { FORMAT } from '../../src/store/sqlite/schema.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { silentMetrics } from '../../src/telemetry/metrics.ts'

const folder = mkdtempSync(join(tmpdir(), 'polis-migration-'))
after(() => rmSync(folder, { recursive: true }))

const caller = { tenant: 'default' }
const LIMIT = { timeout: 30_000 }

/** A store as the version wrote it that knew format 1, by a process that was killed while it executed one of its three runs. */
function formatOne(name: string): string {
  const path = join(folder, name)
  writeFileSync(path, gunzipSync(readFileSync(join(import.meta.dirname, 'fixture/format-1.db.gz'))))
  return path
}

function open(path: string) {
  return openSqliteStore({ path, durability: 'process', clock: systemClock(), log: silentLog })
}

function formatOf(path: string): unknown {
  const database = new DatabaseSync(path)
  const { value } = database.prepare("SELECT value FROM meta WHERE name = 'format'").get() ?? {}
  database.close()
  return value
}

// The agent that the store was made with, but for the step that hung.
async function keep(scope: Scope): Promise<unknown> {
  const first = await scope.step('first', () => assert.fail('recorded'), TERMS)
  await scope.setSession({ said: first })
  const { what } = scope.record.tags
  if (what === 'hangs') await scope.step('hang', () => null, TERMS)
  const answer = what === 'asks' ? await scope.ask('ask', { question: 'well', schema: {} }) : undefined
  await scope.snapshot(answer ?? null)
  return [first, answer, await scope.step('second', () => 'two', TERMS)]
}

const TERMS = {
  ...({ effect: 'idempotent', uncertain: 'ask', attempts: 1, delay: 1, maxDelay: 1, factor: 1 } as const),
  ...{ jitter: false, timeout: 10_000, hash: undefined },
}

describe('a store of format 1', () => {
  it('is brought to this format, with all that it held', LIMIT, async () => {
    const path = formatOne('kept.db')
    assert.equal(formatOf(path), 1)
    const store = await open(path)
    const { items } = await store.index.list('default', {}, { limit: 10 })
    assert.deepEqual(
      items.map(({ status, sequence, tags, snapshot }) => [tags.what, status, sequence, snapshot]),
      [
        ['hangs', 'running', 3, undefined],
        ['asks', 'suspended', 4, undefined],
        ['ends', 'completed', 3, undefined],
      ],
    )
    for (const { run, sequence } of items)
      assert.equal((await store.journal.read('default', run, 0, 10)).length, sequence)
    assert.equal((await store.index.questions('default', {}, { limit: 10 })).items.length, 1)
    assert.equal((await store.index.session('default', 's1'))?.state.byteLength, '{"said":"one"}'.length)
    const [waits] = (await store.index.list('default', { session: 's1' }, { limit: 10 })).items
    assert.deepEqual(await store.index.turns('default', 's1', 1, 10), [{ place: 1, run: waits?.run, after: 0 }])
    assert.deepEqual(await store.index.costs('default', { by: 'agent', limit: 10 }), [])
    assert.deepEqual((await store.index.budgets('default', {}, { limit: 10 })).items, [])
    await store.close()
    assert.equal(formatOf(path), FORMAT)
    await (await open(path)).close()
  })

  it('has its runs go on: the one that waited, and the one whose worker was killed (G1, G3)', LIMIT, async () => {
    await using store = await open(formatOne('continued.db'))
    const [clock, random] = [systemClock(), systemRandom()]
    const base = { store, clock, random, ids: createIds(clock, random), log: silentLog, metrics: silentMetrics }
    const program = { name: 'keeper', release: 'bench', limits: {}, run: keep }
    const settings = { maxConcurrent: 4, drainTimeout: 1000, suspendAfter: 10, maxJournalBytes: 1e6, heartbeat: 1000 }
    const programs = new Map([['keeper', program]])
    const worker = createWorker({ ...base, id: 'w2', programs, settings, transients: createTransients() })
    const service = createService({ ...base, agents: () => [] })
    await worker.start()
    const { items } = await store.index.list('default', {}, { limit: 10 })
    for (const { run, tags } of items) {
      if (tags.what === 'asks') await service.answer(caller, run, 'ask', 'yes')
      const ended = await service.wait(caller, run, AbortSignal.timeout(20_000))
      assert.equal(ended.status, 'completed')
      if (tags.what !== 'ends') assert.deepEqual(ended.output, ['one', tags.what === 'asks' ? 'yes' : null, 'two'])
      assert.equal(ended.snapshot !== undefined, tags.what !== 'ends')
    }
    const [ended] = (await store.index.list('default', { session: 's1' }, { limit: 10 })).items
    assert.equal((await store.index.turns('default', 's1', 1, 10))[0]?.until, ended?.sequence)
    await worker.stop({ timeout: 1000 })
  })
})
