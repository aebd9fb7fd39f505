import { PolisError } from '../../core/error.ts'
import { isName } from '../../core/id.ts'
import { decode, encode } from '../../core/json.ts'
import type { ScheduleRecord } from '../../store/coordination.ts'
import { nextTick } from '../cron.ts'
import { findAgent, type ServiceDependencies } from './dependencies.ts'
import type { Caller, ScheduleRequest, ScheduleView } from './service.ts'
import { validateInput } from './submit.ts'

/** The tenant's schedules, by name. */
export async function listSchedules(
  { store }: ServiceDependencies,
  { tenant }: Caller,
): Promise<readonly ScheduleView[]> {
  return (await store.coordination.schedules(tenant)).map(toScheduleView).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Makes a schedule or changes it; one of the project file can only be paused. */
export async function putSchedule(
  dependencies: ServiceDependencies,
  { tenant }: Caller,
  request: ScheduleRequest,
): Promise<ScheduleView> {
  const { store, clock } = dependencies
  const { name, agent, cron, timeZone = 'UTC', missed = 'once', paused = false } = request
  if (!isName(name))
    throw new PolisError(
      'INVALID_ARGUMENT',
      `Option name: expected letters, digits and dashes, got ${JSON.stringify(name)}`,
    )
  await validateInput(findAgent(dependencies, agent), request.input)
  const before = (await store.coordination.schedules(tenant)).find((schedule) => schedule.name === name)
  const nextAt = nextTick(cron, timeZone, clock.now())
  const changed = before === undefined || before.agent !== agent || before.cron !== cron || before.timeZone !== timeZone
  if (before?.source === 'project' && changed) {
    throw new PolisError(
      'CONFLICT',
      `Schedule ${name} is the project file's: change it there; over the API it can only be paused`,
    )
  }
  const record: ScheduleRecord = {
    ...{ tenant, name, agent, cron, timeZone, missed, paused, source: before?.source ?? 'api' },
    input: encode(request.input),
    ...(nextAt === undefined ? {} : { nextAt }),
    ...(before?.lastAt === undefined ? {} : { lastAt: before.lastAt }),
    ...(before?.lastRun === undefined ? {} : { lastRun: before.lastRun }),
  }
  await store.coordination.putSchedule(record)
  return toScheduleView(record)
}

/** Removes a schedule that was made over the API. */
export async function removeSchedule({ store }: ServiceDependencies, { tenant }: Caller, name: string): Promise<void> {
  const found = (await store.coordination.schedules(tenant)).find((schedule) => schedule.name === name)
  if (found === undefined) throw new PolisError('NOT_FOUND', `There is no schedule ${name}`)
  if (found.source === 'project')
    throw new PolisError('CONFLICT', `Schedule ${name} is the project file's: remove it there`)
  await store.coordination.removeSchedule(tenant, name)
}

function toScheduleView(record: ScheduleRecord): ScheduleView {
  const { name, agent, cron, timeZone, missed, paused, source, nextAt, lastAt, lastRun } = record
  return {
    ...{ name, agent, cron, timeZone, missed, paused, source, input: decode(record.input) },
    ...(nextAt === undefined ? {} : { nextAt }),
    ...(lastAt === undefined ? {} : { lastAt }),
    ...(lastRun === undefined ? {} : { lastRun }),
  }
}
