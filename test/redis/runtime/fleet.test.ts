import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linesOf, runPolis, startPolis, until } from '../../lifecycle/polis.ts'
import { skipWithout } from '../server/binary.ts'
import { ANYTHING, startFleet } from './fleet.ts'

const skip = skipWithout('redis-server', 'redis-cli')

const THREE =
  "for (const n of [1, 2, 3]) await context.step('step-' + n, async () => { note(input.file, String(n)); await sleep(input.ms) }, { effect: 'idempotent' }); return 'ok'"
const WAITS = `return context.receive('go', ${ANYTHING})`
// Looks before it notes: who waits for the note may make the file at once.
const FOREVER =
  "return context.step('work', async ({ signal }) => { const go = existsSync(input.flag); note(input.file, String(process.pid)); if (go) return 'ok'; await sleep(600_000, undefined, { signal }) }, { effect: 'idempotent', timeout: '10m', interruptible: true })"

// With a heartbeat of half a minute nothing here would end in time by polls.
test('What one process accepts another one executes, and wakes up for, within moments', { skip }, async () => {
  await using fleet = await startFleet({
    ...{ agents: { three: THREE, waits: WAITS }, heartbeat: 30 },
    env: { POLIS_AGENT_SUSPEND_AFTER: '0' },
  })
  const [api] = [await fleet.start('api'), await fleet.start('worker')]
  const { client } = api
  const began = performance.now()
  const ended = await client.runs.submit({ agent: 'three', input: { file: fleet.notes, ms: 0 } }, { wait: '20s' })
  assert.equal(ended.status, 'completed')
  assert.ok(performance.now() - began < 5000, 'the worker was told of the run')
  const { run } = await client.runs.submit({ agent: 'waits', input: {} })
  await until(async () => (await client.runs.get(run)).status === 'suspended', 'the run to leave memory')
  await client.runs.send(run, { name: 'go', data: 'gone' })
  assert.equal((await client.runs.get(run, { wait: '5s' })).output, 'gone')
})

test('A client follows a run across processes, and resumes at another one', { skip }, async () => {
  await using fleet = await startFleet({ agents: { three: THREE }, heartbeat: 30 })
  const [first, second] = [await fleet.start('api'), await fleet.start('api'), await fleet.start('worker')]
  const { run } = await first.client.runs.submit({ agent: 'three', input: { file: fleet.notes, ms: 300 } })
  const seen: number[] = []
  for await (const event of first.client.runs.follow(run)) {
    if (!('sequence' in event)) continue
    seen.push(event.sequence)
    if (seen.length === 2) break
  }
  first.signal('SIGKILL')
  for await (const event of second.client.runs.follow(run, { after: 2 })) {
    if ('sequence' in event) seen.push(event.sequence)
  }
  const { sequence } = (await second.client.runs.entries(run)).at(-1) ?? assert.fail('no entries')
  assert.deepEqual(
    seen,
    Array.from({ length: sequence }, (_, index) => index + 1),
  )
})

test('G6: a drained worker hands over at once', { skip }, async () => {
  await using fleet = await startFleet({
    ...{ agents: { forever: FOREVER }, heartbeat: 30 },
    env: { POLIS_AGENT_GRACEFUL_SHUTDOWN_TIMEOUT: '0.2' },
  })
  const [api, first] = [await fleet.start('api'), await fleet.start('worker')]
  const flag = `${fleet.notes}-go`
  const { run } = await api.client.runs.submit({ agent: 'forever', input: { file: fleet.notes, flag } })
  await linesOf(fleet.notes, 1)
  await fleet.project.write('notes-go', '')
  await fleet.start('worker')
  first.signal('SIGTERM')
  assert.equal((await first.ended).code, 0)
  const view = await api.client.runs.get(run, { wait: '5s' })
  assert.deepEqual([view.status, view.crashes], ['completed', 0])
  assert.equal(new Set(await linesOf(fleet.notes, 2)).size, 2)
})

test('G6: the runs of a killed worker continue elsewhere within two heartbeats', { skip }, async (context) => {
  const heartbeat = 0.3
  await using fleet = await startFleet({ agents: { forever: FOREVER }, heartbeat })
  const [api, first] = [await fleet.start('api'), await fleet.start('worker')]
  const flag = `${fleet.notes}-go`
  const { run } = await api.client.runs.submit({ agent: 'forever', input: { file: fleet.notes, flag } })
  await linesOf(fleet.notes, 1)
  await fleet.start('worker')
  await fleet.project.write('notes-go', '')
  first.signal('SIGKILL')
  const killed = performance.now()
  await linesOf(fleet.notes, 2)
  const took = performance.now() - killed
  context.diagnostic(`taken over after ${Math.round(took)} ms`)
  // A busy machine may add to it, but not several heartbeats.
  assert.ok(took < 2000 * heartbeat + 1500, `${took} ms`)
  const view = await api.client.runs.get(run, { wait: '5s' })
  assert.deepEqual([view.status, view.crashes], ['completed', 0])
})

test('G2: a worker that was paused past its lease writes nothing more, and goes on under another', {
  skip,
}, async () => {
  const slow =
    "return context.step('work', async () => { note(input.file, 'begun'); while (!existsSync(input.flag)) await sleep(20); return String(process.pid) }, { effect: 'idempotent' })"
  await using fleet = await startFleet({ agents: { slow }, heartbeat: 0.3 })
  const [api, first] = [await fleet.start('api'), await fleet.start('worker')]
  const flag = `${fleet.notes}-go`
  const submit = () => api.client.runs.submit({ agent: 'slow', input: { file: fleet.notes, flag } })
  const { run } = await submit()
  await linesOf(fleet.notes, 1)
  const second = await fleet.start('worker')
  first.signal('SIGSTOP')
  await linesOf(fleet.notes, 2)
  await fleet.project.write('notes-go', '')
  const { output, epoch = 0 } = await api.client.runs.get(run, { wait: '20s' })
  // A busy machine may take the lease of a worker that lives.
  assert.ok(epoch >= 2, `${epoch}`)
  second.signal('SIGKILL')
  first.signal('SIGCONT')
  await first.logged(/lease of this worker was lost/)
  const next = await submit()
  const other = await api.client.runs.get(next.run, { wait: '20s' })
  assert.equal(other.status, 'completed')
  assert.notEqual(other.output, output)
  const entries = await api.client.runs.entries(run)
  assert.deepEqual(
    entries.map(({ kind }) => kind),
    ['run-submitted', 'step-completed', 'run-completed'],
  )
})

test('polis dev keeps its runs in Redis where the settings name one, and so does polis run', { skip }, async () => {
  await using fleet = await startFleet({ agents: { three: THREE }, heartbeat: 30 })
  const env = { POLIS_REDIS_HOST: '127.0.0.1', POLIS_REDIS_PORT: String(fleet.redis.port) }
  const input = JSON.stringify({ file: fleet.notes, ms: 0 })
  const before = await runPolis(fleet.project.dir, ['run', 'three', '--input', input, '--json'], {
    ...env,
    POLIS_STORE_DURABILITY: 'process',
  })
  assert.equal(before.code, 0, before.stderr)
  await using dev = await startPolis(fleet.project.dir, ['dev'], env)
  await dev.client.runs.submit({ agent: 'three', input: { file: fleet.notes, ms: 0 } }, { wait: '20s' })
  const { items } = await dev.client.runs.list()
  assert.deepEqual(
    items.map(({ status }) => status),
    ['completed', 'completed'],
  )
})
