import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { manualClock } from '../../core/manual-clock.ts'
import { openSqliteArchive } from '../../store/archive/sqlite/open.ts'
import { keep } from '../../store/conformance/archive-build.ts'
import { aSubmit } from '../../store/conformance/build.ts'
import { openMemoryStore } from '../../store/memory/open.ts'
import { STORE_PARTS } from '../../store/usage.ts'
import { polis } from '../fake/polis.ts'

const folder = mkdtempSync(join(tmpdir(), 'polis-stats-'))
after(() => rmSync(folder, { recursive: true }))
const clock = manualClock()

test('what the store takes is shown part by part, with its runs by status', async () => {
  const { out, err } = await polis('store stats', { store: await withRuns() })
  assert.match(out, /^memory: [\d.]+ (B|KiB) of memory\n/)
  const parts = [...out.matchAll(/^([a-z]+) +(\d+) +~([\d.]+ \w+) +\d+ %$/gm)].map(([, part, count]) => [part, count])
  assert.deepEqual(
    parts.map(([part]) => part),
    STORE_PARTS,
  )
  assert.deepEqual(parts.slice(0, 2), [
    ['runs', '2'],
    ['journals', '2'],
  ])
  assert.match(out, /\n2 queued\n$/)
  assert.match(err, /estimated from a sample/)
})

test('the bound of the store and what the archive holds are shown where there are such', async () => {
  const store = await withRuns()
  const usage = async () => ({ ...(await store.usage()), used: 300 * 1024 ** 2, most: 400 * 1024 ** 2 })
  const archive = await openSqliteArchive({ path: join(folder, 'archive.db'), clock })
  await keep(archive, 'old')
  const { out } = await polis('store stats', { store: { ...store, usage }, archive })
  assert.match(out, /^memory: 300 MiB of memory of 400 MiB \(75 %\)\n/)
  assert.match(out, /\narchive \(sqlite\): 1 runs with 1 entries \(7 B\), 0 blobs \(0 B\), [\d.]+ KiB of disk\n$/)
})

test('under --json all of it is one document', async () => {
  const { out } = await polis('--json store stats', { store: await withRuns() })
  const { store, kind, estimated, parts, runs, archive } = JSON.parse(out)
  assert.deepEqual([store, kind, estimated, parts.length, archive], ['memory', 'memory', true, 9, undefined])
  assert.deepEqual(runs, [{ status: 'queued', count: 2 }])
})

async function withRuns() {
  const store = openMemoryStore({ clock })
  for (const run of ['r1', 'r2']) await store.journal.submit(aSubmit(run))
  return store
}
