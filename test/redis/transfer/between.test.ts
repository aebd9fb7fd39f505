import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import fc from 'fast-check'
import { playInto } from '../../../src/store/conformance/model.ts'
import { turns } from '../../../src/store/conformance/operation.ts'
import { openMemoryStore } from '../../../src/store/memory/open.ts'
import { openPlayed as openPlayedSqlite } from '../../../src/store/sqlite/played.ts'
import type { Store } from '../../../src/store/store.ts'
import { exportToFile } from '../../../src/store/transfer/export-file.ts'
import { importFrom } from '../../../src/store/transfer/import-file.ts'
import { skipWithout } from '../server/binary.ts'
import { type RedisServer, startRedis } from '../server/redis.ts'
import { openPlayed } from '../store/played.ts'

const skip = skipWithout('redis-server', 'redis-cli')
const folder = mkdtempSync(join(tmpdir(), 'polis-between-'))
let redis: RedisServer | undefined
before(async () => {
  if (!skip) redis = await startRedis()
})
after(async () => {
  await redis?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

let files = 0
const never = new AbortController().signal

it('whatever was done to a store, it goes from memory to sqlite, to redis, to several shards, and back, and nothing of it changes', {
  skip,
  timeout: 120_000,
}, async () => {
  assert.ok(redis)
  const server = redis
  const property = fc.asyncProperty(turns, async (history) => {
    const [one, several] = [await openPlayed(server), await openPlayed(server, 3)]
    const sqlite = await openPlayedSqlite(join(folder, `${++files}.db`), 'process')
    const { clock } = sqlite
    const stores = [openMemoryStore({ clock }), sqlite.store, one.store, several.store, openMemoryStore({ clock })]
    const [first, ...others] = stores
    assert.ok(first)
    await playInto(first, clock, history)
    let last = await written(first, clock)
    try {
      let from = last
      for (const store of others) {
        await importFrom(store, from.file, never)
        from = await written(store, clock)
        // The first restore lets everybody go; from then on nothing changes but epochs, and what several shards book.
        if (store === others[0]) last = from
        const seen = store === sqlite.store || store === one.store ? (row: string) => row : withoutMoney
        assert.deepEqual([...new Set(from.rows.map(seen)).symmetricDifference(new Set(last.rows.map(seen)))], [])
      }
    } finally {
      for (const store of stores) await store.close()
    }
  })
  await fc.assert(property, { numRuns: 25, interruptAfterTimeLimit: 60_000 })
})

// The rows of an export, in an order of their own, with epochs as they were before any restore.
async function written(store: Store, clock: Parameters<typeof exportToFile>[0]['clock']) {
  const file = join(folder, `${++files}.polis`)
  await exportToFile({ store, clock, signal: never }, file, false)
  const lines = readFileSync(file, 'utf8').split('\n').slice(1, -2)
  const seen = new Set<string>()
  const rows = lines
    .filter((line) => !line.includes('"kind":"mark"'))
    .map((line) => line.replace(/^\{"n":\d+,/, '').replace(/,"sum":"\w+"\}$/, ''))
    .map((line) => line.replace(/"epoch":(\d{7,})/g, (_, epoch) => `"epoch":${Number(epoch) % 1_000_000}`))
    .filter((line) => !seen.has(line) && seen.add(line))
  return { file, rows: rows.sort() }
}

// What a row is but for reservations, and what was booked in their place.
function withoutMoney(text: string): string {
  const { reservations, charges, settled, ...row } = JSON.parse(`{${text}}`)
  return row.kind === 'charge' ? '' : JSON.stringify(row)
}
