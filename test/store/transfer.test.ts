import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../../src/core/clock.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { MAIN } from '../cli/spawn.ts'
import { type Polis, runPolis, startPolis, until } from '../lifecycle/polis.ts'
import { writeAgents } from '../lifecycle/project.ts'
import { AGENTS, assertEnds, MANY, succeed, type Work, work } from './moving.ts'

test('A store that died at work is exported, imported through a kill -9, and its runs end where it is restored', {
  timeout: 120_000,
}, async () => {
  await using laptop = await writeAgents(AGENTS)
  await using production = await writeAgents(AGENTS)
  const file = join(laptop.dir, 'notes')
  const runs = await work(laptop.dir, file)
  const [first, second] = [join(laptop.dir, 'one.polis'), join(laptop.dir, 'two.polis')]
  for (const path of [first, second]) await succeed(laptop.dir, ['store', 'export', path])
  const [one, two] = await Promise.all([first, second].map(async (path) => (await readFile(path, 'utf8')).split('\n')))
  assert.deepEqual(one?.slice(1).join('\n') === two?.slice(1).join('\n'), true, 'exports of one state are the same')

  const path = join(production.dir, '.polis/store.db')
  await importHalf(production.dir, path, await readFile(first))
  assert.equal((await runPolis(production.dir, ['store', 'resume', '--yes'])).code, 3, 'half a store is not resumed')
  const imported = JSON.parse(await succeed(production.dir, ['--json', 'store', 'import', first]))
  assert.deepEqual([imported.resumed, imported.runs], [true, MANY + 4])

  await using polis = await startPolis(production.dir)
  await polis.logged(/the store is paused/)
  await assertPaused(polis, runs)
  assert.equal((await runPolis(production.dir, ['store', 'resume'])).code, 2, 'nobody could be asked')
  await laptop.write('flag', '')
  await succeed(production.dir, ['store', 'resume', '--yes'])

  await assertEnds(polis, runs, file)
})

// Gives an import half of the file, and kills it once some of that is stored.
async function importHalf(dir: string, path: string, file: Buffer): Promise<void> {
  const child = spawn(process.execPath, [MAIN, '--dir', dir, 'store', 'import', '-'], {
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const closed = once(child, 'close')
  child.stdin.on('error', () => {})
  child.stdin.write(file.subarray(0, Math.floor(file.length * 0.9)))
  await using store = await openSqliteStore({ path, durability: 'process', clock: systemClock(), log: silentLog })
  await until(
    async () => ((await store.transfer.state()).importing?.progress ?? 0) > 0,
    'the import to have stored something',
  )
  child.kill('SIGKILL')
  await closed
  assert.ok((await store.index.list('default', {}, { limit: 500 })).items.length < MANY)
}

async function assertPaused({ url, client }: Polis, runs: Work): Promise<void> {
  const ready = await fetch(`${url}/ready`)
  const { checks } = (await ready.json()) as { checks: { store: { note: string } } }
  assert.equal(ready.status, 200)
  assert.match(checks.store.note, /paused since .* \(it was restored from an export\).*polis store resume/)
  const refused = await fetch(`${url}/api/v1/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent: 'quick', input: { size: 1 } }),
  })
  assert.deepEqual([refused.status, ((await refused.json()) as { code: string }).code], [503, 'STORE_PAUSED'])
  assert.equal((await client.runs.get(runs.quick)).status, 'completed')
  assert.equal((await client.runs.get(runs.cut)).status, 'queued')
}
