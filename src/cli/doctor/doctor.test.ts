import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../../core/clock.ts'
import { manualClock } from '../../core/manual-clock.ts'
import { noToolServers, type ToolServers } from '../../core/tool.ts'
import { openSqliteArchive } from '../../store/archive/sqlite/open.ts'
import { openMemoryStore } from '../../store/memory/open.ts'
import type { Check } from './check.ts'
import { diagnose } from './diagnose.ts'
import { checkMemory, judgeDisk } from './machine.ts'
import { checkPause } from './pause.ts'
import { checkPort } from './port.ts'
import { checkAll } from './server.ts'

const clock = systemClock({ unref: true })

async function folder(context: TestContext, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'polis-doctor-'))
  context.after(() => rm(dir, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(dir, path, '..'), { recursive: true })
    await writeFile(join(dir, path), text)
  }
  return dir
}

async function findings(dir: string): Promise<readonly Check[]> {
  const env = { POLIS_SERVER_PORT: '0', POLIS_PROMETHEUS_PORT: '0' }
  return await Array.fromAsync(diagnose({ dir, env, clock, online: false }))
}

const AGENT = `import { defineAgent } from ${JSON.stringify(import.meta.resolve('../../agent/define-agent.ts'))}
export default defineAgent({ name: 'hello', async run() {} })`

test('a project that has not been started has no failure, and shows its agents with their releases', async (context) => {
  const checks = await findings(await folder(context, { 'agents/hello.ts': AGENT }))
  assert.deepEqual(
    checks.filter(({ status }) => status === 'fail'),
    [],
  )
  assert.match(
    checks.find(({ name }) => name === 'agent hello')?.detail ?? '',
    /^release [0-9a-f]{12}, agents\/hello\.ts$/,
  )
  assert.match(checks.find(({ name }) => name === 'store')?.detail ?? '', /is not there yet/)
})

test('a folder that is not there, or a broken configuration, is one failure with advice', async (context) => {
  const broken = await folder(context, { 'polis.config.mjs': 'export default { servres: {} }' })
  for (const dir of ['/no/such/folder', broken]) {
    const failed = (await findings(dir)).filter(({ status }) => status === 'fail')
    assert.equal(failed.length, 1, dir)
    assert.notEqual(failed[0]?.advice, undefined)
  }
})

test('an agent that asks a model is shown with whom it asks, and fails where there is no such model', async (context) => {
  const define = JSON.stringify(import.meta.resolve('../../agent/define-agent.ts'))
  const source = (name: string, model: string) =>
    `import { defineAgent } from ${define}\nexport default defineAgent({ name: '${name}', model: '${model}', instructions: 'Help.' })`
  const config = {
    providers: { local: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' } },
    aliases: { best: ['local/a', 'local/b'] },
  }
  const dir = await folder(context, {
    'polis.config.mjs': `export default { models: ${JSON.stringify(config)} }`,
    'agents/known.ts': source('known', 'best'),
    'agents/lost.ts': source('lost', 'nobody/x'),
  })
  const models = (await findings(dir)).filter(({ area }) => area === 'models')
  assert.deepEqual(
    models.map(({ name, status }) => [name, status]),
    [
      ['provider local', 'ok'],
      ['agent known', 'warn'],
      ['agent lost', 'fail'],
    ],
  )
  assert.match(models[1]?.detail ?? '', /^asks local\/a, then local\/b; the price of local\/a, local\/b is not known$/)
})

test('a store that is none is a failure with advice', async (context) => {
  const dir = await folder(context, {
    'agents/hello.ts': AGENT,
    '.polis/store.db': 'this is not a database, but some text that is long enough',
  })
  const store = (await findings(dir)).find(({ name }) => name === 'store')
  assert.equal(store?.status, 'fail')
  assert.match(store?.advice ?? '', /restore a backup/)
})

test('an archive is told of where there is one: what it holds, or what is wrong with it', async (context) => {
  const config = (path: string) => `export default { settings: { 'archive.path': '${path}' } }`
  const archiveOf = async (dir: string) => (await findings(dir)).find(({ name }) => name === 'archive')
  const dir = await folder(context, {
    'agents/hello.ts': AGENT,
    'polis.config.mjs': config('archive.db'),
  })
  assert.match((await archiveOf(dir))?.detail ?? '', /archive\.db is not there yet/)
  await (await openSqliteArchive({ path: join(dir, 'archive.db'), clock })).close()
  assert.match((await archiveOf(dir))?.detail ?? '', /^sqlite, 0 runs, /)
  await writeFile(join(dir, 'archive.db'), 'this is not a database, but some text that is long enough')
  const broken = await archiveOf(dir)
  assert.deepEqual([broken?.status, /`?archive\.path/.test(broken?.detail ?? '')], ['fail', true])
  assert.equal(await archiveOf(await folder(context, { 'agents/hello.ts': AGENT })), undefined)
})

test('a port that is taken is something to look at', async (context) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const check = await checkPort('server.port', '127.0.0.1', port)
  assert.deepEqual(
    { status: check.status, detail: check.detail },
    { status: 'warn', detail: `${port} on 127.0.0.1 is in use` },
  )
  assert.equal((await checkPort('server.port', '192.0.2.1', 8080)).status, 'fail')
})

test('little disk is a warning, and none a failure', () => {
  assert.equal(judgeDisk(5 * 1024 ** 3).status, 'ok')
  assert.equal(judgeDisk(500 * 1024 ** 2).status, 'warn')
  assert.equal(judgeDisk(1024).status, 'fail')
})

test('the limit of a container counts, and a limit beyond the machine does not', () => {
  const gib = 1024 ** 3
  assert.match(checkMemory(gib, 8 * gib, gib).detail, /^1 GiB free of 1 GiB/)
  assert.match(checkMemory(2 ** 63, 8 * gib, 4 * gib).detail, /^4 GiB free of 8 GiB/)
  assert.equal(checkMemory(0, 8 * gib, 1024).status, 'warn')
})

test('every server is reported in order, with what it is or what is wrong', async () => {
  const servers: ToolServers = {
    ...noToolServers,
    names: ['files', 'gone'],
    check: async (server) =>
      server === 'files'
        ? { server, ok: true, detail: 'filesystem 1.0', protocol: '2026-07-28', tools: 14, milliseconds: 12.3 }
        : { server, ok: false, detail: 'gone: command not found', milliseconds: 1 },
  }
  const checks = await Array.fromAsync(checkAll(servers, clock))
  assert.deepEqual(
    checks.map(({ name, status, detail }) => [name, status, detail]),
    [
      ['server files', 'ok', 'filesystem 1.0, MCP 2026-07-28, 14 tools (12ms)'],
      ['server gone', 'fail', 'gone: command not found'],
    ],
  )
})

test('a store that is paused is told of with what ends that, one that is half imported with what goes on', async () => {
  const store = openMemoryStore({ clock: manualClock(0) })
  assert.deepEqual(await checkPause(store), [])
  await store.transfer.pause('moving house')
  const [paused] = await checkPause(store)
  assert.match(paused?.detail ?? '', /since 1970-01-01T00:00:00.000Z: moving house/)
  assert.match(paused?.advice ?? '', /polis store resume/)
  await store.transfer.begin({ id: 'x1' })
  await store.transfer.restore([], 7)
  assert.match((await checkPause(store))[0]?.detail ?? '', /has come to line 7/)
})
