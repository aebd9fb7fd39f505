import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linesOf, until } from '../../lifecycle/polis.ts'
import { skipWithout } from '../server/binary.ts'
import { startReplicated } from '../server/replicated.ts'
import { startFleetOver, statusOf } from './fleet.ts'

const FIVE =
  "for (const n of [1, 2, 3, 4, 5]) await context.step('step-' + n, async () => { note(input.file, input.name + ' ' + n); await sleep(150) }, { effect: 'idempotent' }); return input.name"

test('Nothing that was acknowledged is lost when the primary is killed under load, and the next one is found', {
  skip: skipWithout('redis-server', 'redis-sentinel', 'redis-cli'),
}, async () => {
  await using redis = await startReplicated({ replicas: 2, redis: { durability: 'process' } })
  await using fleet = await startFleetOver({
    ...{ agents: { five: FIVE }, heartbeat: 1 },
    env: {
      POLIS_REDIS_SENTINELS: redis.sentinels.map(({ port }) => `127.0.0.1:${port}`).join(','),
      POLIS_REDIS_SENTINEL_NAME: redis.name,
      ...{ POLIS_STORE_DURABILITY: 'replicated', POLIS_REDIS_REPLICAS: '1', POLIS_REDIS_TIMEOUT: '2' },
    },
  })
  const [api] = [await fleet.start('api'), await fleet.start('worker')]
  const accepted: string[] = []
  const submit = async (name: string) => {
    const { run } = await api.client.runs.submit({ agent: 'five', input: { file: fleet.notes, name } }, { key: name })
    accepted.push(run)
  }
  for (let index = 0; index < 10; index++) await submit(`r${index}`)
  await linesOf(fleet.notes, 15)
  const promoted = redis.promoted()
  await (await redis.primary()).kill()
  await promoted
  await until(async () => (await statusOf(api.url)) === 200, 'the new primary to be found')
  await submit('late')
  for (const run of accepted) {
    assert.equal((await api.client.runs.get(run, { wait: '30s' })).status, 'completed')
    const entries = await api.client.runs.entries(run)
    assert.deepEqual(
      entries.map(({ sequence }) => sequence),
      entries.map((_, index) => index + 1),
    )
    assert.equal(entries.filter(({ kind }) => kind === 'step-completed').length, 5)
  }
})
