import type { CoordinationPort, ScheduleRecord } from '../coordination.ts'
import type { Submit } from '../journal.ts'
import { pauseOf } from './fact.ts'
import type { Process } from './process.ts'
import { prepareSchedules, type ScheduleStatements, scheduleOf } from './sql/schedule.ts'
import { applySubmit } from './submit.ts'
import type { Work } from './work.ts'

type Scheduling = Pick<CoordinationPort, 'schedules' | 'putSchedule' | 'removeSchedule' | 'tick'>

/** The schedules' part of the coordination port. */
export function createScheduling({ database, work, write, read }: Process): Scheduling {
  const statements = prepareSchedules(database)
  return {
    schedules: (tenant) => read(() => statements.list.all(tenant ?? null).map(scheduleOf)),
    putSchedule: (schedule) => write(() => void statements.put.run(...valuesOf(schedule))),
    removeSchedule: (tenant, name) => write(() => statements.remove.run(tenant, name).changes > 0),
    tick: (schedule, nextAt, submit) => write((now) => applyTick(statements, work, schedule, nextAt, submit, now)),
  }
}

// Moves a schedule on and submits its run, unless its next tick is not the one expected any more, or the store is paused.
function applyTick(
  statements: ScheduleStatements,
  work: Work,
  { tenant, name, nextAt: due }: ScheduleRecord,
  nextAt: number | undefined,
  submit: Submit | undefined,
  now: number,
): boolean {
  if (due === undefined || pauseOf(work) !== undefined) return false
  if (statements.moveOn.run(nextAt ?? null, tenant, name, due).changes === 0) return false
  const outcome = submit === undefined ? undefined : applySubmit(work, submit, now)
  if (outcome !== undefined && 'record' in outcome) statements.ran.run(due, outcome.record.run, tenant, name)
  return true
}

/** The columns of a schedule's row, in order. */
export function valuesOf(schedule: ScheduleRecord) {
  return [
    schedule.tenant,
    schedule.name,
    schedule.agent,
    schedule.cron,
    schedule.timeZone,
    schedule.missed,
    schedule.paused ? 1 : 0,
    schedule.source,
    schedule.nextAt ?? null,
    schedule.lastAt ?? null,
    schedule.lastRun ?? null,
    schedule.input,
  ] as const
}
