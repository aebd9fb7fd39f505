import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, test } from 'node:test'
import { manualClock } from '../../core/manual-clock.ts'
import { aSubmit } from '../../store/conformance/build.ts'
import { openMemoryStore } from '../../store/memory/open.ts'
import { type MemoryState, memoryState } from '../../store/memory/state.ts'
import type { FakeIoOptions } from '../fake/io.ts'
import { polis } from '../fake/polis.ts'

const cwd = mkdtempSync(join(tmpdir(), 'polis-store-'))
after(() => rmSync(cwd, { recursive: true }))

const clock = manualClock()
const open = (state: MemoryState) => openMemoryStore({ clock, state })

test('a store is exported to a file and imported from it, with what it came to in words and in JSON', async () => {
  const from = await withRuns('r1', 'r2')
  const said = await on(from, 'store export one.polis')
  assert.equal(said.code, 0)
  assert.match(said.err, /2 runs, 2 entries, 0 sessions, 0 blobs \(14 B\): one.polis\nsha256 of the content: \w{64}\n/)
  const again = JSON.parse((await on(from, '--json store export two.polis.zst')).out)
  assert.deepEqual([again.runs, again.resumed, again.sha256], [2, false, /\w{64}/.exec(said.err)?.[0]])
  const to = memoryState()
  const read = await on(to, 'store import one.polis')
  assert.equal(read.out, '2 runs, 2 entries, 0 sessions, 0 blobs (14 B) imported\n')
  assert.match(read.err, /paused.*stop the original.*polis store resume/)
  const json = JSON.parse((await on(memoryState(), '--json store import two.polis.zst')).out)
  assert.deepEqual([json.id, json.runs, json.paused], [again.id, 2, true])
})

test('a store goes through standard output and input', async () => {
  const { out, err } = await on(await withRuns('r1'), 'store export -')
  assert.match(out, /^\{"n":1,.*\n(.*\n)+\{"n":\d+,"kind":"end".*\}\n$/)
  assert.match(err, /1 runs, .*: written/)
  const { code } = await on(memoryState(), 'store import -', { stdin: Readable.from([Buffer.from(out)]) })
  assert.equal(code, 0)
  const json = await on(await withRuns('r1'), '--json store export -')
  assert.equal(JSON.parse(json.err).runs, 1)
})

test('an export that was stopped says how it goes on, and does', async () => {
  const from = await withRuns('r1')
  const stop = AbortSignal.abort('SIGINT')
  const stopped = await on(from, 'store export three.polis', { stop })
  assert.equal(stopped.code, 130)
  assert.match(stopped.err, /polis store export three.polis --resume/)
  assert.equal(existsSync(join(cwd, 'three.polis')), false)
  assert.equal((await on(from, 'store export three.polis --resume')).code, 0)
  assert.ok(statSync(join(cwd, 'three.polis')).size > 0)
})

test('a store that holds something, a file that is not there, and a server that is named are refused with what to do', async () => {
  const from = await withRuns('r1')
  await on(from, 'store export four.polis')
  const full = await on(from, 'store import four.polis')
  assert.match(full.err, /Expected an empty store to import into, and found run/)
  assert.match((await on(memoryState(), 'store import none.polis')).err, /none.polis, which is not there/)
  const named = await on(from, '--url http://127.0.0.1:1 store pause')
  assert.equal(named.code, 2)
  assert.match(named.err, /Expected no --url and no POLIS_URL, got http:\/\/127.0.0.1:1: .* --dir/)
})

test('a pause is told with its reason and ended without a question', async () => {
  const state = await withRuns('r1')
  assert.equal((await on(state, ['store', 'pause', '--reason', 'moving house'])).out, 'paused: moving house\n')
  await assert.rejects(open(state).journal.submit(aSubmit('r2')), { code: 'STORE_PAUSED', message: /moving house/ })
  assert.equal((await on(state, 'store resume')).out, 'resumed\n')
  assert.equal((await on(state, 'store resume')).out, 'the store was not paused\n')
  const { paused, running } = JSON.parse((await on(state, '--json store pause')).out)
  assert.deepEqual([paused.reason, running], ['paused by an operator', 0])
})

test('a restored store is resumed with --yes, or by whoever answers that the original is stopped', async () => {
  await on(await withRuns('r1'), 'store export five.polis')
  const restored = async () => {
    const state = memoryState()
    await on(state, 'store import five.polis')
    return state
  }
  const state = await restored()
  const refused = await on(state, 'store resume')
  assert.equal(refused.code, 2)
  assert.match(refused.err, /Expected --yes.*executes runs, each of them runs twice/)
  const terminal = { tty: true, stdinTTY: true }
  const no = await on(state, 'store resume', { ...terminal, stdin: '\n' })
  assert.match(no.err, /Is the original stopped.*\[y\/N\].*stays paused/s)
  assert.notEqual((await open(state).transfer.state()).paused, undefined)
  assert.equal((await on(state, 'store resume', { ...terminal, stdin: 'y\n' })).code, 0)
  assert.equal((await open(state).transfer.state()).paused, undefined)
  assert.deepEqual(JSON.parse((await on(await restored(), '--json store resume --yes')).out), { resumed: true })
})

test('a damaged file is refused by the line, and the exported file is not changed by a reader', async () => {
  await on(await withRuns('r1'), 'store export six.polis')
  const text = readFileSync(join(cwd, 'six.polis'), 'utf8')
  const stdin = Readable.from([Buffer.from(text.replace('"writer"', '"writes"'))])
  const { code, err } = await on(memoryState(), 'store import -', { stdin })
  assert.equal(code, 2)
  assert.match(err, /Line 3 of the export is damaged: expected the checksum \w+ as the line says, got \w+/)
})

function on(state: MemoryState, args: string | readonly string[], options: FakeIoOptions = {}) {
  return polis(args, { store: open(state) }, { cwd, ...options })
}

async function withRuns(...runs: string[]): Promise<MemoryState> {
  const state = memoryState()
  for (const run of runs) await open(state).journal.submit(aSubmit(run))
  return state
}
