import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../server/binary.ts'
import { startFleet } from './fleet.ts'

const skip = skipWithout('redis-server', 'redis-cli')

const HOUR = 3_600_000
// Each of its steps and sleeps may be another worker's.
const SLEEPS =
  "for (const n of [1, 2, 3]) { await context.step('step-' + n, () => Date.now()); await context.sleep(400) } return context.now()"

test('Workers and clients whose machines are an hour apart agree on the time, and none is taken for dead', {
  skip,
}, async () => {
  await using fleet = await startFleet({
    ...{ agents: { sleeps: SLEEPS }, heartbeat: 1 },
    env: { POLIS_AGENT_SUSPEND_AFTER: '0', POLIS_AGENT_MAX_CONCURRENT_WORKFLOWS: '2' },
  })
  const skewed = (by: number) => ({
    POLIS_TEST_SKEW: String(by),
    NODE_OPTIONS: `--conditions=polis-source --import=${new URL('./skew.mjs', import.meta.url).href}`,
  })
  const api = await fleet.start('api')
  await fleet.start('worker', skewed(HOUR))
  await fleet.start('worker', skewed(-HOUR))
  const began = Date.now()
  const runs = await Promise.all(
    Array.from({ length: 12 }, () => api.client.runs.submit({ agent: 'sleeps', input: null })),
  )
  const executedBy = new Set<string>()
  for (const { run } of runs) {
    const view = await api.client.runs.get(run, { wait: '20s' })
    assert.deepEqual([view.status, view.crashes], ['completed', 0])
    const entries = await api.client.runs.entries(run)
    for (const { time } of entries)
      assert.ok(Math.abs(time - began) < 60_000, `an entry of ${new Date(time).toISOString()}`)
    for (const { kind, data } of entries) {
      if (kind === 'step-completed') executedBy.add(Number(data.output) > began ? 'ahead' : 'behind')
    }
  }
  assert.deepEqual([...executedBy].sort(), ['ahead', 'behind'], 'both took part')
})
