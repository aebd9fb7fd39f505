import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { createIds, DEFAULT_TENANT } from '../core/id.ts'
import { encode } from '../core/json.ts'
import { manualClock } from '../core/manual-clock.ts'
import { seededRandom } from '../core/random.ts'
import { openMemoryStore } from '../store/memory/open.ts'
import { silentLog } from '../telemetry/log.ts'
import { silentMetrics } from '../telemetry/metrics.ts'
import { createScheduler } from './schedule.ts'

const START = Date.UTC(2026, 0, 1)
const tenant = DEFAULT_TENANT

async function scheduled(cron: string, agent = 'agent') {
  const clock = manualClock(START + 300)
  const store = openMemoryStore({ clock })
  const said: string[] = []
  const scheduler = createScheduler({
    store,
    agents: () => [
      { ...{ name: 'agent', description: '', release: 'r1' }, input: {}, output: {}, limits: {}, session: 'enqueue' },
    ],
    schedules: () => [],
    ids: createIds(clock, seededRandom(1)),
    clock,
    log: { ...silentLog, warn: (_, message) => said.push(message) },
    metrics: silentMetrics,
  })
  const made = { tenant, name: 's', agent, cron, timeZone: 'UTC', missed: 'once', input: encode(null) } as const
  await store.coordination.putSchedule({ ...made, paused: false, source: 'api', nextAt: START + 1000 })
  await scheduler.start()
  const pass = async (milliseconds: number) => {
    for (const end = clock.now() + milliseconds; clock.now() < end; ) {
      clock.advanceTo(Math.min(end, clock.nextTimer() ?? end))
      for (let turns = 0; turns < 20; turns++) await turn()
    }
  }
  const starts = async () => {
    const { items } = await store.index.list(tenant, {}, { limit: 100 })
    return items.map(({ createdAt }) => createdAt - START).sort((a, b) => a - b)
  }
  return { scheduler, said, pass, starts }
}

describe('the scheduler', () => {
  it('starts a run at each tick, not when it next looks', async () => {
    const { scheduler, pass, starts } = await scheduled('* * * * * *')
    await pass(3000)
    await scheduler.stop()
    assert.deepEqual(await starts(), [1000, 2000, 3000])
  })

  it('tells once of a schedule whose agent is not there', async () => {
    const { scheduler, said, pass, starts } = await scheduled('* * * * * *', 'gone')
    await pass(10_000)
    await scheduler.stop()
    assert.deepEqual(await starts(), [])
    assert.equal(said.length, 1)
  })
})
