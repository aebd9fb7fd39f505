import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../../src/core/clock.ts'
import { startHost } from '../../src/server/host/start-host.ts'
import { launchThread } from '../../src/server/worker/launch.ts'
import { createSpawn } from '../../src/server/worker/spawn.ts'
import { type Polis, runPolis, startPolis, until } from './polis.ts'
import { writeAgents } from './project.ts'

const OK = "return 'ok'"
const FREE_PORTS = { 'server.port': 0, 'prometheus.port': 0 }

test('A folder without a project file is served with defaults', async () => {
  await using project = await writeAgents({ ok: OK })
  await using polis = await startPolis(project.dir)
  assert.equal((await fetch(`${polis.url}/ready`)).status, 200)
  assert.equal((await fetch(`${polis.url}/startup`)).status, 200)
  assert.equal((await polis.client.runs.submit({ agent: 'ok', input: {} }, { wait: '10s' })).output, 'ok')
  const metrics = await (await fetch(`${polis.metricsUrl}/metrics`)).text()
  for (const name of [
    'agent_info',
    'active_workflows 0',
    'workflow_queue_depth 0',
    'memory_usage_bytes',
    'cpu_usage_percent',
  ]) {
    assert.match(metrics, new RegExp(`^${name}`, 'm'))
  }
})

test('Of processes that share a store, each reports the runs that it executes itself', async () => {
  await using project = await writeAgents({
    hold: "return context.step('hold', async () => { while (!existsSync(input.flag)) await sleep(20); return 'ok' }, { effect: 'read' })",
  })
  const flag = join(project.dir, 'flag')
  await using one = await startPolis(project.dir)
  await using other = await startPolis(project.dir)
  const activeOf = async ({ metricsUrl }: Polis) =>
    Number(/^active_workflows (\d+)$/m.exec(await (await fetch(`${metricsUrl}/metrics`)).text())?.[1])
  const active = async () => [await activeOf(one), await activeOf(other)].sort().join()
  const { run } = await one.client.runs.submit({ agent: 'hold', input: { flag } })
  await until(async () => (await active()) === '0,1', 'one of them to report the run')
  await writeFile(flag, '')
  assert.equal((await one.client.runs.get(run, { wait: '10s' })).status, 'completed')
  await until(async () => (await active()) === '0,0', 'both to report none')
})

test('A port that is taken is told with the setting that moves it', async () => {
  await using project = await writeAgents({ ok: OK })
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = String(typeof address === 'object' ? address?.port : '')
  try {
    const { code, stderr } = await runPolis(project.dir, ['dev', '--port', port])
    assert.equal(code, 2)
    assert.match(stderr, new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is in use .*server\\.port`))
  } finally {
    taken.close()
  }
})

test('A port of metrics that is taken leaves no port open', async () => {
  await using project = await writeAgents({ ok: OK })
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' ? address?.port : 0
  const overrides = { 'server.port': 0, 'prometheus.port': port }
  const options = { dir: project.dir, role: 'all', mode: 'dev', env: {}, overrides, output: { write() {} } } as const
  try {
    await assert.rejects(startHost(options), {
      code: 'PORT_IN_USE',
      details: { host: '127.0.0.1', port, setting: 'prometheus.port' },
    })
  } finally {
    taken.close()
  }
  // The store was let go of as well.
  const host = await startHost({ ...options, overrides: FREE_PORTS })
  await host.stop()
})

test('A store file that is none is told as damaged', async () => {
  await using project = await writeAgents({ ok: OK })
  await mkdir(join(project.dir, '.polis'))
  await writeFile(
    join(project.dir, '.polis', 'store.db'),
    'this is no database, and longer than any header of one would be'.repeat(100),
  )
  const { code, stderr } = await runPolis(project.dir, ['dev', '--port', '0'])
  assert.equal(code, 6)
  assert.match(stderr, /STORE_CORRUPT/)
})

test('Every fault of a project is told at its start, and the process ends with 2', async () => {
  await using project = await writeAgents({ ok: OK }, { 'agents/bad.ts': 'export default {,}', 'agents/none.ts': '' })
  const { code, stderr } = await runPolis(project.dir, ['dev', '--port', '0'])
  assert.equal(code, 2)
  assert.match(stderr, /agents\/bad\.ts/)
  assert.match(stderr, /agents\/none\.ts/)
  await project.write('polis.config.ts', 'export default { setting: {} }')
  const config = await runPolis(project.dir, ['dev', '--port', '0'])
  assert.equal(config.code, 2)
  assert.match(config.stderr, /polis\.config\.ts: setting: unknown option; did you mean 'settings'\?/)
})

test('A production server without credentials, or an open one that others could reach, does not start', async () => {
  await using project = await writeAgents({ ok: OK })
  const serve = await runPolis(project.dir, ['serve', '--port', '0'])
  assert.equal(serve.code, 2)
  assert.match(serve.stderr, /auth\.mode is required, and nobody could be let in\. Set auth\.api_keys_file/)
  const open = await runPolis(project.dir, ['dev', '--port', '0', '--host', '0.0.0.0'])
  assert.equal(open.code, 2)
  assert.match(open.stderr, /open, which is allowed on a loopback address alone/)
})

test('A process that only answers and one that only executes share the work', async () => {
  await using project = await writeAgents({ ok: "return context.step('who', async () => 'ok')" })
  const shared = { dir: project.dir, mode: 'dev', env: {}, overrides: FREE_PORTS, output: { write() {} } } as const
  const api = await startHost({ ...shared, role: 'api' })
  const caller = { tenant: 'default' }
  const { run } = await api.service.submit(caller, { agent: 'ok', input: {} })
  const worker = await startHost({ ...shared, role: 'worker' })
  try {
    assert.equal(worker.urls.api, undefined)
    assert.equal((await fetch(`${worker.urls.health}/ready`)).status, 200)
    assert.equal((await fetch(`${worker.urls.health}/api/v1/runs`)).status, 404)
    const ended = await api.service.wait(caller, run.run, AbortSignal.timeout(10_000))
    assert.equal(ended.status, 'completed')
  } finally {
    await Promise.all([api.stop(), worker.stop()])
  }
})

test('A project whose code loops, or throws later, outside run() is refused, and leaves no thread behind', async () => {
  await using project = await writeAgents({}, { 'agents/waits.ts': 'for (;;);' })
  const input = { dir: project.dir, defaults: {}, env: {}, overrides: {}, anyRelease: false }
  const output = { write() {} }
  const options = { input, spawn: createSpawn({ output }), clock: systemClock(), closeTimeout: 0, onMessage() {} }
  await assert.rejects(launchThread({ ...options, startTimeout: 1500 }), /did not load within 1\.5 s/)
  const late =
    "setTimeout(() => { throw new Error('late') }, 1)\nawait new Promise((resolve) => setTimeout(resolve, 60_000))"
  await project.write('agents/waits.ts', late)
  await assert.rejects(launchThread({ ...options, startTimeout: 10_000 }), {
    code: 'AGENT_LOAD_FAILED',
    message: /not loaded\. An error that no agent caught .*: late \(agents\/waits\.ts:1\)/,
  })
})
