import type { ScheduleRecord } from './coordination.ts'

/** The order in which every adapter lists schedules: by tenant, then by name. */
export function bySchedule(a: ScheduleRecord, b: ScheduleRecord): number {
  return compare(a.tenant, b.tenant) || compare(a.name, b.name)
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
