import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { manualClock } from '../../core/manual-clock.ts'
import { aCommit, anEnd, anEntry, aSubmit, aWorker, bytes } from '../conformance/build.ts'
import { type MemoryStore, openMemoryStore } from '../memory/open.ts'
import { memoryState } from '../memory/state.ts'
import { type ExportOptions, exportToFile } from './export-file.ts'
import { importFrom } from './import-file.ts'
import { toLine } from './line.ts'

const folder = mkdtempSync(join(tmpdir(), 'polis-transfer-'))
after(() => rmSync(folder, { recursive: true }))

let files = 0
const newFile = (end = '') => join(folder, `${++files}.polis${end}`)
const clock = manualClock()
const never = new AbortController().signal
const optionsOf = (store: MemoryStore, signal = never): ExportOptions => ({ store, clock, signal })

describe('an export', () => {
  it('is the same for a store that did not change, but for its header', async () => {
    const store = await filled()
    const [first, second] = [newFile(), newFile()]
    const sums = [
      await exportToFile(optionsOf(store), first, false),
      await exportToFile(optionsOf(store), second, false),
    ]
    const [a, b] = [first, second].map(linesOf)
    assert.notEqual(a?.[0], b?.[0])
    assert.ok(isDeepStrictEqual(a?.slice(1), b?.slice(1)))
    assert.equal(sums[0]?.sha256, sums[1]?.sha256)
    assert.deepEqual(sums[0]?.totals, {
      runs: 250,
      entries: 500,
      sessions: 1,
      blobs: 1,
      others: 0,
      bytes: sums[1]?.totals.bytes,
    })
  })

  it('is for its owner alone, and has its name only when it is whole', async () => {
    const file = newFile()
    await exportToFile(optionsOf(await filled()), file, false)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    const stop = new AbortController()
    const other = newFile()
    const stopped = exportToFile({ ...optionsOf(await filled(), stop.signal), told: () => stop.abort() }, other, false)
    await assert.rejects(stopped)
    assert.deepEqual([existsSync(other), existsSync(`${other}.part`)], [false, true])
  })

  it('that was cut off anywhere goes on behind what is whole of it, and is then as one that was not', async () => {
    const store = await filled()
    const whole = newFile()
    await exportToFile(optionsOf(store), whole, false)
    let before = 0
    for (const share of [0, 0.001, 0.3, 0.5, 0.9, 0.999, 1]) {
      const file = newFile()
      copyFileSync(whole, `${file}.part`)
      truncateSync(`${file}.part`, Math.floor(statSync(whole).size * share))
      const { resumed } = await exportToFile(optionsOf(store), file, true)
      assert.ok(share < 0.01 ? resumed === 0 : resumed >= before, `${share}`)
      before = resumed
      assert.ok(isDeepStrictEqual(linesOf(file).slice(1), linesOf(whole).slice(1)))
      assert.equal(existsSync(`${file}.part`), false)
    }
    assert.ok(before > 250)
  })

  it('goes on with no other store', async () => {
    const file = newFile()
    await exportToFile(optionsOf(await filled()), file, false)
    copyFileSync(file, `${file}.part`)
    const other = exportToFile(optionsOf(await filled()), file, true)
    await assert.rejects(other, { code: 'CONFLICT', message: /another store/ })
  })

  for (const end of ['.gz', '.zst']) {
    it(`is compressed by its name (${end}), goes on compressed, and is read so`, async () => {
      const store = await filled()
      const [plain, packed] = [newFile(), newFile(end)]
      const { sha256 } = await exportToFile(optionsOf(store), plain, false)
      assert.equal((await exportToFile(optionsOf(store), packed, false)).sha256, sha256)
      assert.ok(statSync(packed).size < statSync(plain).size / 3)
      copyFileSync(packed, `${packed}.part`)
      truncateSync(`${packed}.part`, statSync(packed).size - 20)
      assert.equal((await exportToFile(optionsOf(store), packed, true)).sha256, sha256)
      const { totals } = await importFrom(openMemoryStore({ clock }), packed, never)
      assert.equal(totals.runs, 250)
    })
  }
})

describe('an import', () => {
  it('makes a store whose export is the same again, but for the epochs of what is open', async () => {
    const [first, second] = [newFile(), newFile()]
    await exportToFile(optionsOf(await filled()), first, false)
    const store = openMemoryStore({ clock })
    await importFrom(store, first, never)
    await exportToFile(optionsOf(store), second, false)
    assert.equal(contents(second), contents(first))
  })

  it('that dies after any of its commits goes on with the same file, and has everything once', async () => {
    const file = newFile()
    await exportToFile(optionsOf(await filled()), file, false)
    for (const when of ['before', 'after'] as const) {
      for (let group = 1; group <= 4; group++) {
        const state = memoryState()
        const fault = (moment: { when: string; group: number }) =>
          moment.when === when && moment.group === group ? ('fail' as const) : undefined
        await assert.rejects(importFrom(openMemoryStore({ clock, state, faults: fault }), file, never), {
          code: 'STORE_UNAVAILABLE',
        })
        const store = openMemoryStore({ clock, state })
        if ((await store.transfer.state()).importing === undefined && group > 1) continue
        await importFrom(store, file, never)
        const again = newFile()
        await exportToFile(optionsOf(store), again, false)
        assert.equal(contents(again), contents(file))
      }
    }
  })

  it('names a line that is damaged, wherever, puts nothing of its run, and goes on once the file is whole', async () => {
    const file = newFile()
    await exportToFile(optionsOf(await filled(20)), file, false)
    const lines = linesOf(file)
    for (let at = 1; at < lines.length; at++) {
      const bad = newFile()
      const line = lines[at] ?? ''
      const damaged = `${line.slice(0, line.length / 2)}#${line.slice(line.length / 2 + 1)}`
      writeFileSync(bad, [...lines.slice(0, at), damaged, ...lines.slice(at + 1)].map((it) => `${it}\n`).join(''))
      const state = memoryState()
      const store = openMemoryStore({ clock, state })
      await assert.rejects(importFrom(store, bad, never), {
        code: 'INVALID_ARGUMENT',
        message: new RegExp(`^Line ${at + 1} .* expected `),
      })
      for (const { record } of state.runs.values()) {
        assert.equal(state.journals.get(JSON.stringify([record.tenant, record.run])).length, record.sequence)
      }
      await importFrom(store, file, never)
      assert.equal([...state.runs.values()].length, 20)
    }
  })

  it('says where a file is cut off', async () => {
    const file = newFile()
    await exportToFile(optionsOf(await filled(20)), file, false)
    const lines = linesOf(file)
    for (const kept of [1, 2, 7, lines.length - 1]) {
      const cut = newFile()
      writeFileSync(cut, `${lines.slice(0, kept).join('\n')}\n${lines[kept]?.slice(0, -1)}`)
      const refused = { code: 'INVALID_ARGUMENT', message: new RegExp(`cut off.* behind line ${kept}\\b`) }
      await assert.rejects(importFrom(openMemoryStore({ clock }), cut, never), refused)
    }
  })

  it('notices lines that are missing, repeated, or behind the end', async () => {
    const file = newFile()
    await exportToFile(optionsOf(await filled(5)), file, false)
    const lines = linesOf(file)
    const changed = [
      lines.toSpliced(3, 1),
      lines.toSpliced(3, 0, lines[2] ?? ''),
      [...lines, toLine(lines.length + 1, { kind: 'mark', part: 'run' })],
    ]
    for (const some of changed) {
      const bad = newFile()
      writeFileSync(bad, some.map((line) => `${line}\n`).join(''))
      await assert.rejects(importFrom(openMemoryStore({ clock }), bad, never), {
        code: 'INVALID_ARGUMENT',
        message: /^Line \d+/,
      })
    }
  })

  it('refuses lines of sound checksums that are no rows, and a whole that is not what its end says', async () => {
    const file = newFile()
    await exportToFile(optionsOf(await filled(5)), file, false)
    const lines = linesOf(file)
    const strange = lines.with(2, toLine(3, { kind: 'raise', tenant: 't1', id: 7, time: 1 }))
    const other = lines.with(2, toLine(3, { kind: 'raise', tenant: 't1', id: 'u', time: 1 }))
    for (const [some, message] of [
      [strange, /^Line 3 .*id: .*string/],
      [other, /the hash/],
    ] as const) {
      const bad = newFile()
      writeFileSync(bad, some.map((line) => `${line}\n`).join(''))
      await assert.rejects(importFrom(openMemoryStore({ clock }), bad, never), { code: 'INVALID_ARGUMENT', message })
    }
  })

  it('refuses what is no export, one of a later format, and a file that is not there', async () => {
    const [other, later] = [newFile(), newFile()]
    writeFileSync(other, 'SQLite format 3\0 and more')
    const store = { adapter: 'sqlite', format: 9, incarnation: 'x' }
    writeFileSync(later, `${toLine(1, { kind: 'header', format: 2, id: 'x', exportedAt: '', store })}\n`)
    const target = openMemoryStore({ clock })
    await assert.rejects(importFrom(target, other, never), { code: 'INVALID_ARGUMENT', message: /no header/ })
    await assert.rejects(importFrom(target, later, never), { code: 'STORE_TOO_NEW', message: /format 2/ })
    await assert.rejects(importFrom(target, newFile(), never), { code: 'INVALID_ARGUMENT', message: /not there/ })
    assert.equal((await target.transfer.state()).paused, undefined)
  })
})

async function filled(runs = 250): Promise<MemoryStore> {
  const store = openMemoryStore({ clock })
  await store.coordination.register(aWorker('w1'))
  const names = Array.from({ length: runs }, (_, at) => `r${String(at).padStart(4, '0')}`)
  await Promise.all(
    names.map((run) =>
      store.journal.submit(aSubmit(run, { claim: { worker: 'w1' }, ...(run === 'r0000' ? { in: 's1' } : {}) })),
    ),
  )
  await Promise.all(
    names.map((run, at) =>
      store.journal.append(
        at % 2 === 0
          ? anEnd(run)
          : aCommit(run, {
              entries: [anEntry(run, 2, { payload: bytes('x'.repeat(at * 20)) })],
              next: { status: 'suspended' },
            }),
      ),
    ),
  )
  await store.blob.put('t1', new Uint8Array(700_000), { name: 'zeros' })
  return store
}

function linesOf(file: string): readonly string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1)
}

// All rows, with no line's number and checksum, and epochs as they were before a restore.
function contents(file: string): string {
  const lines = linesOf(file)
    .slice(1, -1)
    .filter((line) => !line.includes('"kind":"mark"'))
  const rows = lines.map((line) =>
    line
      .replace(/^\{"n":\d+,/, '')
      .replace(/,"sum":"\w+"\}$/, '')
      .replace(/"epoch":1000(\d{3})/, (_, epoch) => `"epoch":${Number(epoch)}`),
  )
  return createHash('sha256').update(rows.join('\n')).digest('hex')
}
