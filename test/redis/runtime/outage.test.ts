import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linesOf, until } from '../../lifecycle/polis.ts'
import { skipWithout } from '../server/binary.ts'
import { ANYTHING, type Member, startFleet, statusOf } from './fleet.ts'

const skip = skipWithout('redis-server', 'redis-cli')

const FIVE =
  "for (const n of [1, 2, 3, 4, 5]) await context.step('step-' + n, async () => { note(input.file, input.name + ' ' + n); await sleep(150) }, { effect: 'idempotent' }); return input.name"

async function outage(break_: 'SIGKILL' | 'SIGSTOP'): Promise<void> {
  await using fleet = await startFleet({
    ...{ agents: { five: FIVE }, heartbeat: 0.5, redis: { durability: 'disk' } },
    env: { POLIS_STORE_DURABILITY: 'disk', POLIS_REDIS_TIMEOUT: '1' },
  })
  const [api, worker] = [await fleet.start('api'), await fleet.start('worker')]
  const accepted: string[] = []
  const submit = async (name: string) => {
    const { run } = await api.client.runs.submit({ agent: 'five', input: { file: fleet.notes, name } }, { key: name })
    accepted.push(run)
  }
  for (let index = 0; index < 20; index++) await submit(`r${index}`)
  await linesOf(fleet.notes, 25)
  await fleet.redis.kill(break_)
  await Promise.all([api, worker].map((member) => turnsTo(member, 503)))
  assert.match(await (await fetch(`${worker.url}/ready`)).text(), /Redis/)
  assert.deepEqual([await statusOf(api.url, '/health'), await statusOf(worker.url, '/health')], [200, 200])
  assert.deepEqual(await tryToSubmit(api, 'five'), { status: 503, code: 'STORE_UNAVAILABLE' })
  if (break_ === 'SIGKILL') await fleet.redis.restart()
  else await fleet.redis.kill('SIGCONT')
  await Promise.all([api, worker].map((member) => turnsTo(member, 200)))
  await submit('late')
  for (const run of accepted) {
    const view = await api.client.runs.get(run, { wait: '20s' })
    // A Redis that was away for longer than leases last is no worker's death.
    assert.deepEqual([view.status, view.crashes], ['completed', 0])
    const entries = await api.client.runs.entries(run)
    assert.deepEqual(
      entries.map(({ sequence }) => sequence),
      entries.map((_, index) => index + 1),
    )
    assert.equal(entries.filter(({ kind }) => kind === 'step-completed').length, 5)
  }
  const executed = await linesOf(fleet.notes, accepted.length * 5)
  assert.equal(new Set(executed).size, executed.length, 'what executed meanwhile was kept, and not done again')
}

test(
  'A Redis that dies under load and comes back loses nothing; meanwhile nobody is ready, and new runs are refused',
  {
    skip,
  },
  () => outage('SIGKILL'),
)

test('A Redis that hangs is noticed, and taken up again when it goes on', { skip }, () => outage('SIGSTOP'))

function turnsTo({ url }: Member, status: number): Promise<void> {
  return until(async () => (await statusOf(url)) === status, `${url}/ready to answer ${status}`)
}

// Without the client, which would try again.
async function tryToSubmit(
  { url, headers }: Member,
  agent: string,
): Promise<{ readonly status: number; readonly code: string }> {
  const response = await fetch(`${url}/api/v1/runs`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ agent, input: {} }),
  })
  assert.equal(response.headers.has('retry-after'), response.status === 503)
  return { status: response.status, code: (await response.json()).code ?? '' }
}

test('A full Redis takes no new run, while those that run go on and end', { skip }, async () => {
  const waits = `for (const n of [1, 2, 3]) { await context.receive('go', ${ANYTHING}); await context.step('step-' + n, () => 'x'.repeat(2000)) } return 'ok'`
  await using fleet = await startFleet({ agents: { waits }, heartbeat: 1 })
  const all = await fleet.start('all')
  const { run } = await all.client.runs.submit({ agent: 'waits', input: {} })
  const used = Number(/used_memory:(\d+)/.exec(await fleet.redis.ask('info', 'memory'))?.[1])
  await fleet.redis.ask('config', 'set', 'maxmemory', Math.round(used * 1.1))
  await until(async () => (await tryToSubmit(all, 'waits')).code === 'STORE_FULL', 'new runs to be refused')
  for (let index = 0; index < 3; index++) await all.client.runs.send(run, { name: 'go', data: null })
  assert.equal((await all.client.runs.get(run, { wait: '20s' })).status, 'completed')
  await fleet.redis.ask('config', 'set', 'maxmemory', used * 4)
  await until(async () => (await tryToSubmit(all, 'waits')).status === 202, 'runs to be taken again')
})

test('A process that is stopped while Redis is away ends in time, and one that is started says why it cannot', {
  skip,
}, async () => {
  await using fleet = await startFleet({
    ...{ agents: { five: FIVE }, heartbeat: 1 },
    env: { POLIS_REDIS_TIMEOUT: '1', POLIS_AGENT_GRACEFUL_SHUTDOWN_TIMEOUT: '1' },
  })
  const all = await fleet.start('all')
  await all.client.runs.submit({ agent: 'five', input: { file: fleet.notes, name: 'r' } })
  await linesOf(fleet.notes, 1)
  await fleet.redis.kill()
  await turnsTo(all, 503)
  all.signal('SIGTERM')
  const began = performance.now()
  assert.equal((await all.ended).code, 0)
  assert.ok(performance.now() - began < 12_000, 'within the time that orchestrators allow')
  await assert.rejects(fleet.start('all'), /polis ended with 5: .*STORE_UNAVAILABLE/s)
})
