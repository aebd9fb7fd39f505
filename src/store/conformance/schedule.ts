import assert from 'node:assert/strict'
import { aSchedule, aSubmit, bytes } from './build.ts'
import type { Prove } from './world.ts'

/** Schedules: one run per tick, whoever ticks. */
export function proveSchedule(prove: Prove): void {
  prove('a schedule is put, replaced, listed and removed', async ({ coordination, another }) => {
    await coordination.putSchedule(aSchedule('daily'))
    await coordination.putSchedule(aSchedule('daily', { cron: '0 9 * * *', input: bytes('"é"') }))
    await coordination.putSchedule(aSchedule('weekly', { tenant: 't2', source: 'project', missed: 'all' }))
    const other = await another()
    const daily = aSchedule('daily', { cron: '0 9 * * *', input: bytes('"é"') })
    assert.deepEqual(await other.coordination.schedules('t1'), [daily])
    assert.equal((await other.coordination.schedules()).length, 2)
    assert.equal(await coordination.removeSchedule('t1', 'daily'), true)
    assert.equal(await coordination.removeSchedule('t1', 'daily'), false)
    assert.deepEqual(await coordination.schedules('t1'), [])
  })

  prove('a paused schedule has no next tick', async ({ coordination }) => {
    const { nextAt, ...paused } = aSchedule('daily', { paused: true })
    await coordination.putSchedule(paused)
    assert.deepEqual(await coordination.schedules('t1'), [paused])
  })

  prove('a tick submits its run and moves the schedule on, in one commit', async ({ coordination, index }) => {
    await coordination.putSchedule(aSchedule('daily'))
    assert.equal(await coordination.tick(aSchedule('daily'), 6_000, aSubmit('r1')), true)
    const moved = aSchedule('daily', { nextAt: 6_000, lastAt: 5_000, lastRun: 'r1' })
    assert.deepEqual(await coordination.schedules('t1'), [moved])
    assert.equal((await index.get('t1', 'r1'))?.status, 'queued')
  })

  prove('of two processes that tick at once, one is first and the other does nothing', async (world) => {
    const other = await world.another()
    await world.coordination.putSchedule(aSchedule('daily'))
    const ticks = await Promise.all([
      world.coordination.tick(aSchedule('daily'), 6_000, aSubmit('r1')),
      other.coordination.tick(aSchedule('daily'), 6_000, aSubmit('r2')),
    ])
    assert.deepEqual(ticks.sort(), [false, true])
    assert.equal((await world.index.list('t1', {}, { limit: 10 })).items.length, 1)
  })

  prove('a skipped tick moves the schedule on and submits nothing', async ({ coordination, index }) => {
    await coordination.putSchedule(aSchedule('daily', { lastAt: 4_000, lastRun: 'r0' }))
    assert.equal(await coordination.tick(aSchedule('daily'), 7_000, undefined), true)
    const moved = aSchedule('daily', { nextAt: 7_000, lastAt: 4_000, lastRun: 'r0' })
    assert.deepEqual(await coordination.schedules('t1'), [moved])
    assert.deepEqual((await index.list('t1', {}, { limit: 10 })).items, [])
  })

  prove('the last tick leaves a schedule without a next one', async ({ coordination }) => {
    await coordination.putSchedule(aSchedule('once'))
    await coordination.tick(aSchedule('once'), undefined, aSubmit('r1'))
    assert.equal((await coordination.schedules('t1'))[0]?.nextAt, undefined)
  })

  prove('a tick of a schedule that was removed, moved or paused does nothing', async ({ coordination, index }) => {
    assert.equal(await coordination.tick(aSchedule('gone'), 6_000, aSubmit('r1')), false)
    await coordination.putSchedule(aSchedule('moved', { nextAt: 5_001 }))
    assert.equal(await coordination.tick(aSchedule('moved'), 6_000, aSubmit('r2')), false)
    const { nextAt, ...paused } = aSchedule('paused', { paused: true })
    await coordination.putSchedule(paused)
    assert.equal(await coordination.tick(paused, 6_000, aSubmit('r3')), false)
    assert.deepEqual((await index.list('t1', {}, { limit: 10 })).items, [])
  })

  prove('G1: a tick whose run is there already answers that run', async ({ coordination, journal }) => {
    const key = { key: 'daily@5000', inputHash: 'h' }
    await journal.submit(aSubmit('r1', { key }))
    await coordination.putSchedule(aSchedule('daily'))
    assert.equal(await coordination.tick(aSchedule('daily'), 6_000, aSubmit('r2', { key })), true)
    assert.equal((await coordination.schedules('t1'))[0]?.lastRun, 'r1')
  })
}
