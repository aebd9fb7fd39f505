import type { ScheduleRecord } from '../coordination.ts'
import type { Submit } from '../journal.ts'
import { bySchedule } from '../schedule-order.ts'
import { pauseOf } from './facts.ts'
import type { MemoryState } from './state.ts'
import { applySubmit } from './submit.ts'
import { keyOf } from './table.ts'

/** The schedules of one tenant, or of all, by tenant and name. */
export function listSchedules(state: MemoryState, tenant: string | undefined): readonly ScheduleRecord[] {
  return [...state.schedules.values()]
    .filter((schedule) => tenant === undefined || schedule.tenant === tenant)
    .sort(bySchedule)
}

/** Adds or replaces a schedule. */
export function putSchedule(state: MemoryState, schedule: ScheduleRecord): void {
  state.schedules.set(keyOf(schedule.tenant, schedule.name), { ...schedule, input: new Uint8Array(schedule.input) })
}

/** Moves a schedule on and submits its run, unless its next tick is not the one expected any more, or the store is paused. */
export function applyTick(
  state: MemoryState,
  { tenant, name, nextAt: due }: ScheduleRecord,
  nextAt: number | undefined,
  submit: Submit | undefined,
  now: number,
): boolean {
  const row = state.schedules.get(keyOf(tenant, name))
  if (row === undefined || due === undefined || row.nextAt !== due || pauseOf(state) !== undefined) return false
  const { nextAt: _, ...rest } = row
  const run = submit === undefined ? undefined : runOf(state, submit, now)
  putSchedule(state, {
    ...rest,
    ...(nextAt === undefined ? {} : { nextAt }),
    ...(run === undefined ? {} : { lastAt: due, lastRun: run }),
  })
  return true
}

function runOf(state: MemoryState, submit: Submit, now: number): string | undefined {
  const outcome = applySubmit(state, submit, now)
  return 'record' in outcome ? outcome.record.run : undefined
}
