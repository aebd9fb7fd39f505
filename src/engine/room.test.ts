import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hasEnded } from '../core/run.ts'
import { openMemoryStore } from '../store/memory/open.ts'
import { silentLog } from '../telemetry/log.ts'
import { silentMetrics } from '../telemetry/metrics.ts'
import { createBed } from './fake/test-bed.ts'
import { blobsOfClients } from './room.ts'
import { createScheduler } from './schedule.ts'
import { createService } from './service/create.ts'

const FULL = { code: 'STORE_FULL', retryable: true, message: /85 % full.*give it more memory/ }

function fillable(agents: Parameters<typeof createBed>[0]['agents']) {
  const bed = createBed({ agents })
  const { clock, state, ids, caller } = bed
  let filled = 0
  const store = openMemoryStore({ clock, state, fill: () => filled })
  const infos = bed.service.agents
  const base = { store, agents: infos, ids, clock, log: silentLog, metrics: silentMetrics }
  const fill = (to: number) => {
    filled = to
  }
  return { bed, store, caller, base, service: createService(base), fill }
}

describe('a store that is 85 % full', () => {
  it('takes no new run, no fork and no file of a client, and takes them again once there is room', async () => {
    const { bed, store, caller, service, fill } = fillable({ agent: async () => 'done' })
    await bed.open()
    const { run } = await service.submit(caller, { agent: 'agent', input: null })
    await bed.finish(run.run)
    fill(0.85)
    await assert.rejects(service.submit(caller, { agent: 'agent', input: null }), FULL)
    await assert.rejects(service.fork(caller, run.run), FULL)
    await assert.rejects(blobsOfClients(store).put('default', new Uint8Array(1)), FULL)
    fill(0.84)
    assert.equal((await service.submit(caller, { agent: 'agent', input: null })).duplicate, false)
  })

  it('takes what its runs commit, their children included', async () => {
    const { bed, caller, service, fill } = fillable({
      agent: async (scope) => scope.child('below', 'child', null, {}),
      child: async () => 'of the child',
    })
    const { run } = await service.submit(caller, { agent: 'agent', input: null })
    fill(0.99)
    await bed.open()
    assert.equal((await bed.finish(run.run)).output, 'of the child')
  })

  it('has schedules wait, and runs what was missed once there is room', async () => {
    const { bed, store, base, caller, service, fill } = fillable({ agent: async () => 'done' })
    const input = new TextEncoder().encode('null')
    const times = { cron: '* * * * *', timeZone: 'UTC', nextAt: bed.clock.now() + 60_000 }
    const who = { tenant: 'default', name: 'often', agent: 'agent', input }
    await store.coordination.putSchedule({ ...who, ...times, missed: 'once', paused: false, source: 'api' })
    const scheduler = createScheduler({ ...base, schedules: () => [] })
    await scheduler.start()
    fill(0.9)
    await bed.pass(200_000)
    assert.deepEqual((await service.runs(caller, {}, { limit: 10 })).items, [])
    fill(0)
    await bed.pass(2000)
    const { items } = await service.runs(caller, {}, { limit: 10 })
    assert.equal(items.length, 1)
    assert.equal(
      items.some(({ status }) => status !== 'waiting-for-release' && hasEnded(status)),
      false,
    )
    await scheduler.stop()
  })
})
