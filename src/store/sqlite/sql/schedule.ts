import type { DatabaseSync } from 'node:sqlite'
import type { ScheduleRecord } from '../../coordination.ts'
import { prepare } from '../statement.ts'

/** A row of `schedules`. */
export interface ScheduleRow {
  readonly tenant: string
  readonly name: string
  readonly agent: string
  readonly cron: string
  readonly timeZone: string
  readonly missed: ScheduleRecord['missed']
  readonly paused: number
  readonly source: ScheduleRecord['source']
  readonly nextAt: number | null
  readonly lastAt: number | null
  readonly lastRun: string | null
  readonly input: Uint8Array
}

/** The statements on schedules. */
export type ScheduleStatements = ReturnType<typeof prepareSchedules>

/** Prepares the statements on `schedules`. */
export function prepareSchedules(database: DatabaseSync) {
  return {
    /** A tenant, or null for all. */
    list: prepare<ScheduleRow>(
      database,
      'SELECT * FROM schedules WHERE tenant = ifnull(?, tenant) ORDER BY tenant, name',
    ),
    /** All columns in the order of the schema. */
    put: prepare(database, 'INSERT OR REPLACE INTO schedules VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    remove: prepare(database, 'DELETE FROM schedules WHERE tenant = ? AND name = ?'),
    /** The next tick, tenant, name, the tick that is expected to be next. */
    moveOn: prepare(database, 'UPDATE schedules SET nextAt = ? WHERE tenant = ? AND name = ? AND nextAt = ?'),
    /** The tick, its run, tenant, name. */
    ran: prepare(database, 'UPDATE schedules SET lastAt = ?, lastRun = ? WHERE tenant = ? AND name = ?'),
  }
}

/** The row's record, with only those optional parts that it has. */
export function scheduleOf({ paused, nextAt, lastAt, lastRun, ...row }: ScheduleRow): ScheduleRecord {
  return {
    ...row,
    paused: paused === 1,
    ...(nextAt === null ? undefined : { nextAt }),
    ...(lastAt === null ? undefined : { lastAt }),
    ...(lastRun === null ? undefined : { lastRun }),
  }
}
