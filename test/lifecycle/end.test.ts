import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { linesOf, type Polis, startPolis } from './polis.ts'
import { writeAgents } from './project.ts'

const SLOW =
  "return context.step('slow', async () => { note(input.file, 'begun'); await sleep(input.ms); note(input.file, 'done'); return 'ok' }, { effect: 'idempotent', timeout: 4000 })"

test('On SIGTERM the process is not ready at once, refuses new runs, lets running steps end, and exits with 0', async () => {
  await using project = await writeAgents({ slow: SLOW })
  const file = join(project.dir, 'notes')
  await using polis = await startPolis(project.dir)
  const { run } = await polis.client.runs.submit({ agent: 'slow', input: { file, ms: 1500 } })
  await linesOf(file, 1)
  polis.signal('SIGTERM')
  await polis.logged(/shutting down/)
  const ready = await fetch(`${polis.url}/ready`)
  assert.equal(ready.status, 503)
  assert.match(await ready.text(), /The process is shutting down/)
  assert.equal((await fetch(`${polis.url}/health`)).status, 200)
  const refused = await fetch(`${polis.url}/api/v1/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent: 'slow', input: { file, ms: 1 } }),
  })
  assert.equal(refused.status, 503)
  assert.ok(refused.headers.has('retry-after'))
  assert.equal((await polis.ended).code, 0)
  assert.equal(await readFile(file, 'utf8'), 'begun\ndone\n')
  await using again = await startPolis(project.dir)
  assert.equal((await again.client.runs.get(run, { wait: '10s' })).status, 'completed')
  assert.equal(await readFile(file, 'utf8'), 'begun\ndone\n', 'a recorded step is not repeated (G3)')
})

test('A step that does not end within the drain is handed over, and ends in the next process', async () => {
  await using project = await writeAgents({
    stuck:
      "return context.step('stuck', async ({ signal }) => { note(input.file, 'begun'); if (existsSync(input.flag)) return 'ok'; await sleep(600_000, undefined, { signal }) }, { effect: 'idempotent', timeout: '10m', interruptible: true })",
  })
  const file = join(project.dir, 'notes')
  const flag = join(project.dir, 'flag')
  const env = { POLIS_AGENT_GRACEFUL_SHUTDOWN_TIMEOUT: '0.5' }
  await using polis = await startPolis(project.dir, ['dev'], env)
  const { run } = await polis.client.runs.submit({ agent: 'stuck', input: { file, flag } })
  await linesOf(file, 1)
  polis.signal('SIGINT')
  assert.equal((await polis.ended).code, 0)
  await project.write('flag', '')
  await using again = await startPolis(project.dir, ['dev'], env)
  const view = await again.client.runs.get(run, { wait: '10s' })
  assert.equal(view.status, 'completed')
  assert.equal(view.crashes, 0, 'a hand-over is no crash')
})

test('A second signal ends the process at once', async () => {
  await using project = await writeAgents({ slow: SLOW })
  const file = join(project.dir, 'notes')
  await using polis = await startPolis(project.dir, ['dev'], { POLIS_AGENT_GRACEFUL_SHUTDOWN_TIMEOUT: '60' })
  await polis.client.runs.submit({ agent: 'slow', input: { file, ms: 3500 } })
  await linesOf(file, 1)
  polis.signal('SIGTERM')
  await polis.logged(/shutting down/)
  polis.signal('SIGTERM')
  assert.equal((await polis.ended).code, 143)
  assert.equal(await readFile(file, 'utf8'), 'begun\n')
})

test('A client that follows a run across a restart gets every entry once', async () => {
  await using project = await writeAgents({
    three:
      "for (const n of [1, 2, 3]) await context.step('step-' + n, async () => { note(input.file, String(n)); await sleep(300) }, { effect: 'idempotent' }); return 'ok'",
  })
  const file = join(project.dir, 'notes')
  await using polis = await startPolis(project.dir)
  const { run } = await polis.client.runs.submit({ agent: 'three', input: { file } })
  await linesOf(file, 2)
  const sequences = follow(polis, run)
  polis.signal('SIGTERM')
  await polis.ended
  await using _again = await startPolis(project.dir, ['dev'], {}, new URL(polis.url).port)
  const seen = await sequences
  assert.ok(seen.length > 3)
  assert.deepEqual(
    seen,
    seen.map((_, index) => index + 1),
  )
  assert.deepEqual(await linesOf(file, 3), ['1', '2', '3'])
})

/** Sequences of the entries that a client sees, over as many connections as it takes, until the run has ended. */
async function follow({ client }: Polis, run: string): Promise<readonly number[]> {
  const seen: number[] = []
  for await (const event of client.runs.follow(run, { signal: AbortSignal.timeout(20_000) })) {
    if ('sequence' in event) seen.push(event.sequence)
  }
  return seen
}
