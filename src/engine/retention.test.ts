import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '../telemetry/log.ts'
import { createBed } from './fake/test-bed.ts'
import { createRetention } from './retention.ts'

test('One process removes what is over, and another one once that has gone, with or without a word', async () => {
  const bed = createBed({ agents: { agent: async () => 'done' } })
  const { store } = await bed.open()
  const looks: string[] = []
  const start = (holder: string) => {
    const expire: typeof store.index.expire = async (request) => {
      looks.push(holder)
      return store.index.expire(request)
    }
    const own = { ...store, index: { ...store.index, expire } }
    const retention = createRetention({ store: own, holder, clock: bed.clock, log: silentLog, keep: 30_000 })
    retention.start()
    return retention
  }
  const run = await bed.submit(null)
  await bed.finish(run)
  const first = start('p1')
  const second = start('p2')
  await bed.pass(240_000)
  assert.deepEqual(new Set(looks), new Set(['p1']))
  await assert.rejects(bed.service.run(bed.caller, run), { code: 'NOT_FOUND' })
  await first.stop()
  looks.length = 0
  await bed.pass(120_000)
  assert.deepEqual(new Set(looks), new Set(['p2']))
  await store.coordination.lead('retention', 'p2', 0)
  await store.coordination.lead('retention', 'gone', 60_000)
  looks.length = 0
  await bed.pass(200_000)
  assert.ok(looks.length > 0)
  await second.stop()
})
