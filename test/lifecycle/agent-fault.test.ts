import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { startHost } from '../../src/server/host/start-host.ts'
import { linesOf, startPolis } from './polis.ts'
import { writeAgents } from './project.ts'

const OK = "return 'ok'"
const FREE_PORTS = { 'server.port': 0, 'prometheus.port': 0 }

test('While an agent loops without end, probes and metrics are answered', async () => {
  await using project = await writeAgents({
    loop: "return context.step('loop', () => { note(input.file, 'looping'); const end = Date.now() + 6000; while (Date.now() < end); return 'ok' }, { effect: 'read' })",
  })
  const file = join(project.dir, 'notes')
  await using polis = await startPolis(project.dir)
  const { run } = await polis.client.runs.submit({ agent: 'loop', input: { file } })
  await linesOf(file, 1)
  for (const url of [`${polis.url}/health`, `${polis.url}/startup`, `${polis.metricsUrl}/metrics`]) {
    assert.equal((await fetch(url)).status, 200, url)
  }
  assert.equal((await polis.client.runs.get(run)).status, 'running')
  assert.equal((await polis.client.runs.get(run, { wait: '10s' })).status, 'completed')
})

test('An agent that calls process.exit fails by itself, and other runs go on', async () => {
  await using project = await writeAgents({ quit: "return context.step('quit', () => process.exit(3))", ok: OK })
  await using polis = await startPolis(project.dir)
  const quit = await polis.client.runs.submit({ agent: 'quit', input: {} }, { wait: '10s' })
  assert.equal(quit.status, 'failed')
  assert.match(quit.error?.message ?? '', /process\.exit\(3\) was called: .*Throw an error instead/)
  assert.equal((await polis.client.runs.submit({ agent: 'ok', input: {} }, { wait: '10s' })).status, 'completed')
})

test('A rejection that nobody handles is reported with its file, and ends nothing', async () => {
  await using project = await writeAgents({
    careless: "Promise.reject(new Error('left alone')); await context.sleep(50); return 'ok'",
  })
  await using polis = await startPolis(project.dir)
  const run = await polis.client.runs.submit({ agent: 'careless', input: {} }, { wait: '10s' })
  assert.equal(run.status, 'completed')
  assert.equal(run.crashes, 0)
  await polis.logged(/a promise was rejected in agents\/careless\.ts:\d+ and nobody handled it/)
})

test('An exception that nobody catches ends the thread alone; a new one takes its runs on', async () => {
  await using project = await writeAgents({
    throws:
      "return context.step('throws', async () => { if (existsSync(input.flag)) return 'ok'; note(input.flag, 'x'); setTimeout(() => { throw new Error('thrown late') }, 20); await sleep(60_000) }, { effect: 'idempotent', timeout: 4000 })",
  })
  await using polis = await startPolis(project.dir)
  const flag = join(project.dir, 'flag')
  const run = await polis.client.runs.submit({ agent: 'throws', input: { flag } }, { wait: '15s' })
  assert.equal(run.status, 'completed')
  assert.equal(run.output, 'ok')
  await polis.logged(/An error that no agent caught ended the agents' thread: thrown late \(agents\/throws\.ts:\d+\)/)
})

test('A run whose code ends its thread each time becomes a dead letter, and other runs go on', async () => {
  await using project = await writeAgents({
    deadly:
      "return context.step('deadly', async () => { setTimeout(() => { throw new Error('again') }, 1); await sleep(60_000) }, { effect: 'idempotent', timeout: 4000 })",
    ok: OK,
  })
  await using polis = await startPolis(project.dir)
  const run = await polis.client.runs.submit({ agent: 'deadly', input: {} }, { wait: '20s' })
  assert.equal(run.status, 'dead')
  assert.equal((await polis.client.runs.submit({ agent: 'ok', input: {} }, { wait: '10s' })).status, 'completed')
})

test('An agent that takes all memory ends its thread, not the process', async () => {
  await using project = await writeAgents({
    greedy:
      "return context.step('greedy', async () => { if (existsSync(input.flag)) return 'ok'; note(input.flag, 'x'); const all = []; for (;;) all.push(new Array(10_000).fill(all.length)) }, { effect: 'idempotent' })",
  })
  const said: string[] = []
  const output = { write: (text: string | Uint8Array) => said.push(String(text)) }
  const options = {
    dir: project.dir,
    role: 'all',
    mode: 'dev',
    env: {},
    overrides: FREE_PORTS,
    output,
    memory: 64,
  } as const
  const host = await startHost(options)
  try {
    const caller = { tenant: 'default' }
    const { run } = await host.service.submit(caller, { agent: 'greedy', input: { flag: join(project.dir, 'flag') } })
    const ended = await host.service.wait(caller, run.run, AbortSignal.timeout(20_000))
    assert.equal(ended.status, 'completed')
    assert.match(said.join(''), /The agents' thread ran out of memory/)
  } finally {
    await host.stop()
  }
})

test('What an agent prints never reaches standard output', async () => {
  await using project = await writeAgents({ prints: "console.log('from an agent'); return 'ok'" })
  await using polis = await startPolis(project.dir)
  await polis.client.runs.submit({ agent: 'prints', input: {} }, { wait: '10s' })
  await polis.logged(/from an agent/)
  polis.signal('SIGTERM')
  assert.doesNotMatch((await polis.ended).stdout, /from an agent/)
})
