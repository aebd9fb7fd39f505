import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { manualClock } from '../core/manual-clock.ts'
import { openSqliteArchive } from '../store/archive/sqlite/open.ts'
import type { Archive } from '../store/archive.ts'
import { anEnd, aSubmit, aWorker } from '../store/conformance/build.ts'
import { openMemoryStore } from '../store/memory/open.ts'
import { silentLog } from '../telemetry/log.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { type ArchiverOptions, createArchiver } from './archiver.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const folder = mkdtempSync(join(tmpdir(), 'polis-archiver-'))
after(() => rmSync(folder, { recursive: true }))
let files = 0

describe('the archiver', () => {
  it('moves runs once they ended long enough ago, and leaves others', async () => {
    await using bed = await open()
    await bed.end('old')
    bed.clock.advance(HOUR + 1)
    await bed.end('young')
    await bed.start('open')
    await bed.look()
    assert.deepEqual(await bed.where('old', 'young', 'open'), ['archive', 'store', 'store'])
    assert.match(await bed.metrics.text(), /archive_runs_total\{status="archived"\} 1/)
  })

  it('moves more runs than a page holds at one look', async () => {
    await using bed = await open()
    const runs = Array.from({ length: 120 }, (_, index) => `r${index}`)
    for (const run of runs) await bed.end(run)
    bed.clock.advance(HOUR + 1)
    await bed.look()
    assert.ok((await bed.where(...runs)).every((place) => place === 'archive'))
  })

  it('passes over a run that cannot be moved, counts it, and tries it again at the next look', async () => {
    let broken = 'bad'
    await using bed = await open({}, (archive) => ({
      ...archive,
      put: (run, content) => (run.record.run === broken ? Promise.reject(new Error('no')) : archive.put(run, content)),
    }))
    for (const run of ['bad', 'good']) await bed.end(run)
    bed.clock.advance(HOUR + 1)
    await bed.look()
    assert.deepEqual(await bed.where('bad', 'good'), ['store', 'archive'])
    assert.match(await bed.metrics.text(), /archive_runs_total\{status="failed"\} 1/)
    broken = ''
    await bed.look()
    assert.deepEqual(await bed.where('bad'), ['archive'])
  })

  it('leaves the rest for later where the archive is away', async () => {
    let asked = 0
    const away = async () => {
      asked++
      throw new Error('away')
    }
    await using bed = await open({}, (archive) => ({ ...archive, put: away }))
    for (let run = 0; run < 40; run++) await bed.end(`r${run}`)
    bed.clock.advance(HOUR + 1)
    await bed.look()
    assert.equal(asked, 16)
  })

  it('removes from the archive what is over, and keeps it for ever where nothing is said', async () => {
    for (const [keep, expected] of [
      [2 * HOUR, undefined],
      [undefined, 'archive'],
    ] as const) {
      await using bed = await open({ keep })
      await bed.end('r1')
      bed.clock.advance(HOUR + 1)
      await bed.look()
      assert.deepEqual(await bed.where('r1'), ['archive'])
      bed.clock.advance(HOUR + 1)
      await bed.look()
      assert.deepEqual(await bed.where('r1'), [expected])
    }
  })

  it('takes the archived runs of a session with it when its time is over', async () => {
    await using bed = await open()
    await bed.store.index.createSession({ tenant: 't1', session: 's1', agent: 'writer', tags: {}, ttl: 10 * HOUR })
    await bed.end('r1', 's1')
    await bed.end('r2', 's2')
    bed.clock.advance(HOUR + 1)
    await bed.look()
    await bed.look()
    assert.deepEqual(await bed.where('r1', 'r2'), ['archive', 'archive'])
    bed.clock.advance(10 * HOUR + 1)
    await bed.store.index.expire({ now: bed.clock.now(), limit: 10 })
    await bed.look()
    assert.deepEqual(await bed.where('r1', 'r2'), [undefined, 'archive'])
  })

  it('takes nothing with it where the store is another, which has lost its sessions or never had them', async () => {
    await using bed = await open()
    await bed.end('r1', 's1')
    bed.clock.advance(HOUR + 1)
    await bed.look()
    const anew = openMemoryStore({ clock: bed.clock })
    await createArchiver({ ...bed.options, live: anew }).look()
    assert.deepEqual(await bed.where('r1'), ['archive'])
    await anew.close()
  })

  it('lets one process at a time do it, and the next one after it, or once it is dead', async () => {
    await using bed = await open()
    const second = createArchiver({ ...bed.options, holder: 'second' })
    await bed.end('r1')
    bed.clock.advance(HOUR + 1)
    await bed.store.coordination.lead('archive', 'one that died', 10_000)
    await bed.look()
    assert.deepEqual(await bed.where('r1'), ['store'])
    bed.clock.advance(10_000)
    await bed.look()
    assert.deepEqual(await bed.where('r1'), ['archive'])
    await bed.end('r2')
    bed.clock.advance(HOUR + 1)
    await second.look()
    assert.deepEqual(await bed.where('r2'), ['archive'])
  })

  it('looks once a minute while it is started', async () => {
    await using bed = await open()
    await bed.end('r1')
    bed.clock.advance(HOUR + 1)
    bed.archiver.start()
    bed.clock.advance(MINUTE)
    for (let turns = 0; turns < 1000 && (await bed.where('r1'))[0] === 'store'; turns++) await turn()
    assert.deepEqual(await bed.where('r1'), ['archive'])
  })

  it('moves nothing out of a paused store', async () => {
    await using bed = await open()
    await bed.end('r1')
    bed.clock.advance(HOUR + 1)
    await bed.store.transfer.pause('a test')
    await bed.look()
    assert.deepEqual(await bed.where('r1'), ['store'])
  })
})

async function open(options: Partial<ArchiverOptions> = {}, change = (archive: Archive): Archive => archive) {
  const clock = manualClock()
  const metrics = createMetrics({ service: 'test', version: '0', environment: 'test', clock })
  const store = openMemoryStore({ clock })
  const archive = await openSqliteArchive({ path: join(folder, `${++files}.db`), clock })
  const base = { live: store, archive: change(archive), clock, log: silentLog, metrics, holder: 'first', after: HOUR }
  const all: ArchiverOptions = { ...base, ...options }
  const archiver = createArchiver(all)
  await store.coordination.register(aWorker('w1'))
  const start = async (run: string, session?: string) => {
    const where = session === undefined ? {} : { in: session }
    await store.journal.submit(aSubmit(run, { claim: { worker: 'w1' }, ...where }))
  }
  return {
    ...{ clock, metrics, store, archive, archiver, options: all, start },
    end: async (run: string, session?: string) => {
      await start(run, session)
      const { status } = (await store.index.get('t1', run)) ?? {}
      await store.journal.append(anEnd(run, status === 'running' ? {} : { seize: true }))
    },
    look: archiver.look,
    where: (...runs: readonly string[]) =>
      Promise.all(
        runs.map(async (run) => {
          if ((await store.index.get('t1', run)) !== undefined) return 'store'
          return (await archive.get('t1', run)) === undefined ? undefined : 'archive'
        }),
      ),
    [Symbol.asyncDispose]: async () => {
      await archiver.stop()
      await store.close()
      await archive.close()
    },
  }
}
