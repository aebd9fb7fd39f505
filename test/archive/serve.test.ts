import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { systemClock } from '../../src/core/clock.ts'
import { openSqliteArchive } from '../../src/store/archive/sqlite/open.ts'
import { withArchive } from '../../src/store/archive/with-archive.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { type Polis, runPolis, startPolis, until } from '../lifecycle/polis.ts'
import { writeAgents } from '../lifecycle/project.ts'
import { skipWithout } from '../redis/server/binary.ts'
import { startRedis } from '../redis/server/redis.ts'
import { startPostgres } from './postgres/server.ts'

const AGENTS = { echo: "return context.step('echo', () => input)" }
const FILE = { POLIS_ARCHIVE_PATH: '.polis/archive.db', POLIS_ARCHIVE_AFTER: '0' }

describe('a served project with an archive', () => {
  it('shows archived runs over REST and on the command line, and removes them', async () => {
    await showsArchived(FILE)
  })

  it('does so with PostgreSQL', { skip: skipWithout('initdb', 'postgres') }, async () => {
    await using server = await startPostgres()
    await showsArchived({ POLIS_ARCHIVE_URL: server.url, POLIS_ARCHIVE_AFTER: '0' })
  })

  it('does so with the store in Redis', { skip: skipWithout('redis-server', 'redis-cli') }, async () => {
    await using redis = await startRedis({ durability: 'process' })
    const at = { POLIS_REDIS_HOST: '127.0.0.1', POLIS_REDIS_PORT: String(redis.port) }
    await showsArchived({ ...FILE, ...at, POLIS_STORE_DURABILITY: 'process' })
  })

  it('loses no run that kill -9 meets on its way', async () => {
    await using project = await writeAgents(AGENTS)
    const runs: string[] = []
    for (let round = 0; round < 2; round++) {
      await using polis = await startPolis(project.dir, ['dev'], FILE)
      const before = (await archived(polis)).length
      for (let index = 0; index < 25; index++) {
        const text = `${runs.length} ${'x'.repeat(10_000)}`
        runs.push((await polis.client.runs.submit({ agent: 'echo', input: text }, { wait: '10s' })).run)
      }
      await until(async () => (await archived(polis)).length > before, 'a run on its way')
      polis.signal('SIGKILL')
      await polis.ended
      await assertWhole(project.dir, runs)
    }
    await using polis = await startPolis(project.dir, ['dev'], FILE)
    await until(async () => (await archived(polis)).length === runs.length, 'all runs in the archive')
    polis.signal('SIGTERM')
    await polis.ended
    await assertWhole(project.dir, runs)
  })
})

async function showsArchived(env: Readonly<Record<string, string>>): Promise<void> {
  await using project = await writeAgents(AGENTS)
  await using polis = await startPolis(project.dir, ['dev'], env)
  const { client } = polis
  const submit = { agent: 'echo', input: 'said', session: 's' }
  const { run } = await client.runs.submit(submit, { wait: '10s', key: 'k' })
  const before = await client.runs.entries(run)
  await until(async () => (await archived(polis)).length === 1, 'the run in the archive')
  await until(async () => (await client.runs.list()).items.length === 0, 'the run gone from the store')
  assert.equal((await client.runs.list()).archived, true)
  const view = await client.runs.get(run)
  assert.deepEqual([view.status, view.output, typeof view.archivedAt], ['completed', 'said', 'number'])
  assert.deepEqual(await client.runs.entries(run), before)
  const events = await Array.fromAsync(client.runs.follow(run))
  assert.deepEqual(events.slice(0, -1), before)
  assert.equal(events.at(-1)?.kind, 'end')
  assert.equal((await client.runs.submit(submit, { wait: '10s', key: 'k' })).output, 'said')
  const shown = await runPolis(project.dir, ['runs', 'show', run], env)
  assert.equal(shown.code, 0, shown.stderr)
  assert.match(shown.stdout, /archived +\d{4}-[\s\S]*said/)
  const listed = await runPolis(project.dir, ['runs', 'list', '--archived'], env)
  assert.match(listed.stdout, new RegExp(`${run} +echo +completed`))
  const none = await runPolis(project.dir, ['runs', 'list'], env)
  assert.match(none.stderr, /add --archived/)
  await client.sessions.remove('s')
  await assert.rejects(client.runs.get(run), { code: 'NOT_FOUND' })
  assert.deepEqual(await archived(polis), [])
}

async function archived({ client }: Polis) {
  return (await client.runs.list({ archived: true, limit: 200 })).items
}

// Looks into the files, past any process.
async function assertWhole(dir: string, runs: readonly string[]): Promise<void> {
  const clock = systemClock()
  const path = (name: string) => join(dir, '.polis', name)
  const live = await openSqliteStore({ path: path('store.db'), durability: 'process', clock, log: silentLog })
  await using both = withArchive(live, await openSqliteArchive({ path: path('archive.db'), clock }))
  for (const [index, run] of runs.entries()) {
    const record = await both.index.get('default', run)
    assert.equal(record?.status, 'completed', `run ${index} is there`)
    const entries = await both.journal.read('default', run, 0, 100)
    assert.equal(entries.length, record?.sequence, `run ${index} is whole`)
    assert.match(Buffer.from(entries.at(-1)?.payload ?? []).toString(), new RegExp(`"${index} x{10000}"`))
  }
}
