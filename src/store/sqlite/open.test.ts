import assert from 'node:assert/strict'
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, it } from 'node:test'
import { manualClock } from '../../core/manual-clock.ts'
import { systemRandom } from '../../core/random.ts'
import { silentLog } from '../../telemetry/log.ts'
import { silentMetrics } from '../../telemetry/metrics-port.ts'
import { anEntry, aSubmit } from '../conformance/build.ts'
import type { LocalDurability } from '../store.ts'
import { openSqliteStore } from './open.ts'
import { openProcess } from './process.ts'
import { FORMAT } from './schema.ts'
import { applySubmit } from './submit.ts'

const folder = mkdtempSync(join(tmpdir(), 'polis-sqlite-open-'))
after(() => rmSync(folder, { recursive: true }))

let files = 0
const newPath = () => join(folder, `${++files}`, 'store.db')
const clock = manualClock()

function open(path: string, patience = 50) {
  return openSqliteStore({ path, durability: 'process', clock, log: silentLog, patience })
}

function openOwn(path: string, durability: LocalDurability = 'process', patience = 50) {
  return openProcess({ path, durability, clock, patience, random: systemRandom(), metrics: silentMetrics })
}

function withPayload(run: string, bytes: number) {
  return aSubmit(run, { entries: [anEntry(run, 1, { payload: new Uint8Array(bytes) })] })
}

async function storeWith(path: string, ...runs: string[]): Promise<void> {
  await using store = await open(path)
  for (const run of runs) await store.journal.submit(aSubmit(run))
}

describe('opening a store', () => {
  it('makes folder and file for their owner alone', async () => {
    const path = newPath()
    await storeWith(path)
    assert.equal(statSync(join(path, '..')).mode & 0o777, 0o700)
    assert.equal(statSync(path).mode & 0o777, 0o600)
  })

  it('finds what was stored before, and leaves one file behind when it is closed', async () => {
    const path = newPath()
    await storeWith(path, 'r1')
    assert.throws(() => statSync(`${path}-wal`), { code: 'ENOENT' })
    await using store = await open(path)
    assert.equal((await store.index.get('t1', 'r1'))?.status, 'queued')
  })

  it('a path that is a folder, or in a file, is STORE_UNAVAILABLE', async () => {
    const path = newPath()
    mkdirSync(path, { recursive: true })
    await assert.rejects(open(path), { code: 'STORE_UNAVAILABLE', message: /folder/ })
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    await assert.rejects(open(join(file, 'store.db')), { code: 'STORE_UNAVAILABLE', message: /store\.path/ })
  })

  it('a file without permission is STORE_UNAVAILABLE', {
    skip: process.getuid?.() === 0 && 'root may do anything',
  }, async () => {
    const path = newPath()
    mkdirSync(join(path, '..'), { recursive: true, mode: 0o500 })
    await assert.rejects(open(path), { code: 'STORE_UNAVAILABLE' })
  })

  it("a file that is no database, or another program's, is STORE_CORRUPT and stays as it is", async () => {
    const path = newPath()
    mkdirSync(join(path, '..'))
    writeFileSync(path, 'not a database, but somebody may need it'.repeat(50))
    await assert.rejects(open(path), { code: 'STORE_CORRUPT', message: /store\.path/ })
    assert.match(readFileSync(path, 'utf8'), /somebody may need it/)
    const other = newPath()
    mkdirSync(join(other, '..'))
    const database = new DatabaseSync(other)
    database.exec('CREATE TABLE notes (text)')
    database.close()
    const before = readFileSync(other)
    await assert.rejects(open(other), { code: 'STORE_CORRUPT', message: /another program/ })
    assert.deepEqual(readFileSync(other), before)
  })

  it('a damaged store is STORE_CORRUPT, with what the check found', async () => {
    const path = newPath()
    await storeWith(path, ...Array.from({ length: 100 }, (_, n) => `r${n}`))
    const file = openSync(path, 'r+')
    writeSync(file, Buffer.alloc(64, 0xff), 0, 64, 4096 * 3 + 8)
    await assert.rejects(open(path), { code: 'STORE_CORRUPT', message: /backup/ })
    truncateSync(path, 4096 * 2)
    await assert.rejects(open(path), { code: 'STORE_CORRUPT' })
  })

  it('a store of a later format is STORE_TOO_NEW: a downgrade is refused', async () => {
    const path = newPath()
    await storeWith(path)
    const database = new DatabaseSync(path)
    database.exec(`UPDATE meta SET value = ${FORMAT + 1} WHERE name IN ('format', 'oldest')`)
    database.close()
    await assert.rejects(open(path), { code: 'STORE_TOO_NEW', message: new RegExp(`format ${FORMAT + 1}`) })
  })

  it('a store of a later format that may be shared is worked on, and left in its format', async () => {
    const path = newPath()
    await storeWith(path)
    await using working = await open(path)
    const database = new DatabaseSync(path)
    const later = `UPDATE meta SET value = ${FORMAT + 1} WHERE name = 'format'; CREATE TABLE later (what TEXT) STRICT`
    database.exec(`BEGIN IMMEDIATE; ${later}; COMMIT`)
    database.close()
    assert.equal((await working.journal.submit(aSubmit('r1'))).kind, 'submitted')
    await using store = await open(path)
    assert.equal((await store.journal.submit(aSubmit('r2'))).kind, 'submitted')
    assert.equal((await store.transfer.state()).format, FORMAT + 1)
  })

  it('a store that another program locks is STORE_LOCKED, after the patience given', async () => {
    const path = newPath()
    await storeWith(path)
    const holder = new DatabaseSync(path)
    holder.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT')
    await assert.rejects(open(path), { code: 'STORE_LOCKED' })
    holder.close()
    await storeWith(path, 'r1')
  })

  it('`disk` syncs each commit, `process` leaves it to checkpoints', async () => {
    const [synced, quick] = [await openOwn(newPath(), 'disk'), await openOwn(newPath(), 'process')]
    const modes = [synced, quick].map(({ database }) => database.prepare('PRAGMA synchronous').get()?.synchronous)
    assert.deepEqual(modes, [2, 1])
    for (const own of [synced, quick]) {
      assert.equal(own.database.prepare('PRAGMA journal_mode').get()?.journal_mode, 'wal')
      assert.equal(own.database.prepare('PRAGMA busy_timeout').get()?.timeout, 0)
      own.close()
    }
  })
})

describe('a store in trouble', () => {
  it('that is full rejects the whole group with STORE_FULL, and goes on once there is room', async () => {
    const own = await openOwn(newPath())
    own.database.exec('PRAGMA max_page_count = 40')
    const large = withPayload('large', 200_000)
    const group = [large, aSubmit('small')].map((submit) => own.write((now) => applySubmit(own.work, submit, now)))
    for (const submitted of group) await assert.rejects(submitted, { code: 'STORE_FULL', message: /free space/ })
    const again = own.write((now) => applySubmit(own.work, aSubmit('small'), now))
    assert.equal((await again).kind, 'submitted')
    own.database.exec('PRAGMA max_page_count = 4000')
    assert.equal((await own.write((now) => applySubmit(own.work, large, now))).kind, 'submitted')
    own.close()
  })

  it('that another process writes to waits without holding the event loop, and the group grows meanwhile', async () => {
    const path = newPath()
    await using store = await open(path, 20_000)
    const holder = new DatabaseSync(path)
    holder.exec('BEGIN IMMEDIATE')
    const first = store.journal.submit(aSubmit('r1'))
    await new Promise((resolve) => setTimeout(resolve, 20))
    const second = store.journal.submit(aSubmit('r2'))
    assert.equal(await store.index.get('t1', 'r1'), undefined)
    holder.exec('COMMIT')
    holder.close()
    assert.deepEqual(
      (await Promise.all([first, second])).map(({ kind }) => kind),
      ['submitted', 'submitted'],
    )
  })

  it('that another process keeps busy is STORE_BUSY, after the patience given, and stays usable', async () => {
    const path = newPath()
    await using store = await open(path)
    const holder = new DatabaseSync(path)
    holder.exec('BEGIN IMMEDIATE')
    await assert.rejects(store.journal.submit(aSubmit('r1')), { code: 'STORE_BUSY' })
    holder.close()
    assert.equal((await store.journal.submit(aSubmit('r1'))).kind, 'submitted')
  })

  it('guarantee 7: an operation that throws after it wrote changes nothing and harms none of its group', async () => {
    const own = await openOwn(newPath())
    const submit = (run: string) => own.write((now) => applySubmit(own.work, aSubmit(run), now))
    const group = [
      submit('r1'),
      own.write((now) => {
        applySubmit(own.work, aSubmit('r2'), now)
        throw new Error('a mistake of ours')
      }),
      submit('r3'),
    ]
    const outcomes = await Promise.allSettled(group)
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    const isThere = (run: string) => own.work.runs.get.get('t1', run) !== undefined
    assert.deepEqual(['r1', 'r2', 'r3'].map(isThere), [true, false, true])
    own.close()
  })

  it('the write-ahead log stays bounded, however much is written', async () => {
    const path = newPath()
    await using store = await open(path)
    for (let n = 0; n < 300; n++) await store.journal.submit(withPayload(`r${n}`, 100_000))
    assert.ok(statSync(path).size > 20_000_000)
    assert.ok(statSync(`${path}-wal`).size < 8_000_000, `${statSync(`${path}-wal`).size} bytes`)
  })
})

describe('watching a store', () => {
  it('tells of commits of another connection, without a hint', async () => {
    const path = newPath()
    await using here = await open(path)
    await using there = await open(path)
    const heard = new Promise((resolve) => here.journal.watch(resolve))
    await there.journal.submit(aSubmit('r1'))
    assert.equal(await heard, undefined)
  })
})
