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
import { linesOf, type Polis, runPolis, startPolis, until } from '../lifecycle/polis.ts'
import { writeAgents } from '../lifecycle/project.ts'

const AGENTS = {
  quick: "return context.step('one', () => 'x'.repeat(input.size), { effect: 'idempotent' })",
  naps: "await context.sleep('8s'); return context.step('up', () => { note(input.file, 'up'); return 'slept' }, { effect: 'idempotent' })",
  talks:
    "return context.ask('Well?', { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } })",
  cut: `
    await context.step('first', () => { note(input.file, 'first'); return 1 }, { effect: 'idempotent' })
    return context.step('hang', async ({ signal }) => { if (existsSync(input.flag)) return 'ok'; await sleep(600_000, undefined, { signal }) },
      { effect: 'idempotent', timeout: '20m', interruptible: true })`,
}
const MANY = 150

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

  const end = (run: string) => polis.client.runs.get(run, { wait: '20s' })
  assert.deepEqual([(await end(runs.naps)).output, (await end(runs.cut)).output], ['slept', 'ok'])
  assert.deepEqual([...(await linesOf(file, 2))].sort(), ['first', 'up'], 'G3: what was recorded is not done again')
  await answer(polis, runs.asks, 'yes')
  assert.equal((await end(runs.asks)).output, 'yes')
  await until(
    async () => (await polis.client.runs.get(runs.waits)).status === 'suspended',
    'G7: the next run of the session asks',
  )
  await answer(polis, runs.waits, 'then')
  assert.equal((await end(runs.waits)).output, 'then')
  const again = await polis.client.runs.submit({ agent: 'quick', input: { size: 0 } }, { key: 'quick-0' })
  assert.equal(again.run, runs.quick, 'G1: the key still stands for its run')
})

// Has a server do some work, and kills it in the middle.
async function work(dir: string, file: string) {
  await using polis = await startPolis(dir, ['dev'], { POLIS_AGENT_SUSPEND_AFTER: '0' })
  const { runs } = polis.client
  const quick = await Promise.all(
    Array.from({ length: MANY }, (_, at) =>
      runs.submit({ agent: 'quick', input: { size: at * 200 } }, { key: `quick-${at}` }),
    ),
  )
  for (const { run } of quick) await runs.get(run, { wait: '20s' })
  const cut = await runs.submit({ agent: 'cut', input: { file, flag: join(dir, 'flag') } })
  await linesOf(file, 1)
  const naps = await runs.submit({ agent: 'naps', input: { file } })
  const asks = await runs.submit({ agent: 'talks', input: {}, session: 'talk' })
  const waits = await runs.submit({ agent: 'talks', input: {}, session: 'talk' })
  const stands = async (run: string, status: string) => (await runs.get(run)).status === status
  for (const [run, status] of [
    [naps.run, 'suspended'],
    [asks.run, 'suspended'],
    [waits.run, 'blocked'],
    [cut.run, 'running'],
  ] as const) {
    await until(() => stands(run, status), `${run} to be ${status}`)
  }
  polis.signal('SIGKILL')
  await polis.ended
  return { quick: quick[0]?.run ?? '', cut: cut.run, naps: naps.run, asks: asks.run, waits: waits.run }
}

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

async function answer({ client }: Polis, run: string, text: string): Promise<void> {
  const [question] = (await client.questions.list({ run })).items
  await client.runs.answer(run, question?.id ?? '', text)
}

async function assertPaused({ url, client }: Polis, runs: Readonly<Record<string, string>>): Promise<void> {
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
  assert.equal((await client.runs.get(runs.quick ?? '')).status, 'completed')
  assert.equal((await client.runs.get(runs.cut ?? '')).status, 'queued')
}

async function succeed(dir: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runPolis(dir, args)
  assert.equal(code, 0, stderr)
  return stdout
}
