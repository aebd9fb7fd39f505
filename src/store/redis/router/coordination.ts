/**
 * The coordination port over several shards.
 *
 * Role: a worker is one worker in all shards. Boundary: each shard judges leases by its own clock; who gets which run is `claim.ts`.
 * Invariant: a worker whose lease one shard took away is unregistered in all, and its runs everywhere go to others.
 */

import { PolisError } from '../../../core/error.ts'
import type { CoordinationPort, ScheduleRecord, WorkerRecord } from '../../coordination.ts'
import type { Submit } from '../../journal.ts'
import { bySchedule } from '../../schedule-order.ts'
import { tickOperation } from '../schedule.ts'
import { createClaims } from './claim.ts'
import { type Router, submitTo } from './journal.ts'
import { emptyOutbox } from './outbox.ts'
import { dropPermits } from './permit.ts'
import { ofAll, shardAt, shardOf } from './shard-store.ts'

/** The coordination port over all shards. */
export function createCoordination(router: Router): CoordinationPort {
  const { shards } = router
  const of = (tenant: string, name: string) => shardAt(shards, shardOf(shards, 'schedule', tenant, name)).coordination
  return {
    lease: 'time',
    holds: (worker) => shards.every(({ coordination }) => coordination.holds(worker)),
    ...workersOf(router),
    claim: createClaims(router),
    lead: (name, holder, ms) => shardAt(shards, shardOf(shards, 'lead', name)).coordination.lead(name, holder, ms),
    schedules: async (tenant) => {
      const all = await ofAll(shards, ({ coordination }) => coordination.schedules(tenant))
      return all.flat().sort(bySchedule)
    },
    putSchedule: (schedule) => of(schedule.tenant, schedule.name).putSchedule(schedule),
    removeSchedule: (tenant, name) => of(tenant, name).removeSchedule(tenant, name),
    tick: (schedule, nextAt, submit) => tick(router, schedule, nextAt, submit),
  }
}

// A run without a key lives where its schedule does, so that both change in one commit. One with a key lives where its key does, and is
// submitted first: the tick that is tried again finds it.
async function tick(
  router: Router,
  schedule: ScheduleRecord,
  nextAt: number | undefined,
  submit: Submit | undefined,
): Promise<boolean> {
  const { shards, locator } = router
  const { tenant, name } = schedule
  const home = shardAt(shards, shardOf(shards, 'schedule', tenant, name))
  if (submit?.key === undefined) {
    if (submit !== undefined) await locator.point(submit, home.shard.number)
    return home.coordination.tick(schedule, nextAt, submit)
  }
  const all = await home.coordination.schedules(tenant)
  if (!all.some((each) => each.name === name && each.nextAt !== undefined && each.nextAt === schedule.nextAt))
    return false
  const outcome = await submitTo(router, submit)
  const run = 'record' in outcome ? outcome.record.run : undefined
  return home.shard.write(tickOperation(schedule, nextAt, undefined, run))
}

function workersOf({ shards, log }: Router) {
  const unregister = (worker: string) =>
    ofAll(shards, ({ coordination }) => coordination.unregister(worker)).then(() => {})
  return {
    register: async (record, lost) => {
      let isLost = false
      const losing = () => {
        if (isLost) return
        isLost = true
        unregister(record.worker).catch((reason) => {
          const error = PolisError.from(reason)
          log.warn({ worker: record.worker, error }, 'a worker that lost its lease is left to be taken for dead')
        })
        lost?.()
      }
      await ofAll(shards, ({ coordination }) => coordination.register(record, losing))
    },
    update: (record) => ofAll(shards, ({ coordination }) => coordination.update(record)).then(() => {}),
    unregister,
    reap: async () => {
      const counts = await ofAll(shards, ({ coordination }) => coordination.reap())
      for (const shard of shards) await emptyOutbox(shards, shard)
      await dropPermits(shards)
      return counts.reduce((sum, count) => sum + count, 0)
    },
    workers: async () => {
      const all = await ofAll(shards, ({ coordination }) => coordination.workers())
      return [...new Map(all.flat().map((record) => [record.worker, record])).values()].sort(byId)
    },
  } satisfies Partial<CoordinationPort>
}

function byId(a: WorkerRecord, b: WorkerRecord): number {
  return a.worker < b.worker ? -1 : 1
}
