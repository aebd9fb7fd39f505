import type { AgentInfo, ScheduleInfo } from '../core/agent.ts'
import type { Clock } from '../core/clock.ts'
import { PolisError } from '../core/error.ts'
import { DEFAULT_TENANT, type Ids } from '../core/id.ts'
import { decode, encode } from '../core/json.ts'
import type { ScheduleRecord } from '../store/coordination.ts'
import type { Store } from '../store/store.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { dueTicks, nextTick } from './cron.ts'
import { toSubmit } from './submission.ts'

/** Looks at schedules at least this often (ms), so that ones made elsewhere are noticed. */
const LONGEST_LOOK = 1000

/** What a scheduler needs from outside. */
export interface SchedulerOptions {
  readonly store: Store
  readonly agents: () => readonly AgentInfo[]
  /** The project's own schedules; those of earlier versions of the project file are removed. */
  readonly schedules: () => readonly ScheduleInfo[]
  readonly ids: Ids
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
}

/** Starts the runs of schedules when they are due. Any process may run it: the store lets each tick through once. */
export interface Scheduler {
  start(): Promise<void>
  /** Brings the store's schedules in line with the project's. */
  sync(): Promise<void>
  stop(): Promise<void>
}

/** A scheduler over a store. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const state = { stopped: false, cancel: () => {}, looking: Promise.resolve() }
  const again = () => {
    if (state.stopped) return
    state.cancel = options.clock.setTimer(options.clock.now() + LONGEST_LOOK, () => {
      state.looking = look(options).then(again)
    })
  }
  return {
    async start() {
      await syncProject(options)
      await look(options)
      again()
    },
    sync: () => syncProject(options),
    async stop() {
      state.stopped = true
      state.cancel()
      await state.looking
    },
  }
}

async function syncProject({ store, schedules, clock }: SchedulerOptions): Promise<void> {
  const wanted = schedules()
  const known = await store.coordination.schedules(DEFAULT_TENANT)
  for (const { name, source } of known) {
    if (source === 'project' && !wanted.some((schedule) => schedule.name === name)) {
      await store.coordination.removeSchedule(DEFAULT_TENANT, name)
    }
  }
  for (const schedule of wanted) {
    const before = known.find(({ name }) => name === schedule.name)
    await store.coordination.putSchedule(toRecord(schedule, before, clock.now()))
  }
}

function toRecord(schedule: ScheduleInfo, before: ScheduleRecord | undefined, now: number): ScheduleRecord {
  const { name, agent, cron, timeZone, missed } = schedule
  const unchanged = before !== undefined && before.cron === cron && before.timeZone === timeZone
  const nextAt = unchanged ? before.nextAt : nextTick(cron, timeZone, now)
  return {
    ...{
      tenant: DEFAULT_TENANT,
      name,
      agent,
      cron,
      timeZone,
      missed,
      input: encode(schedule.input),
      source: 'project',
    },
    paused: before?.paused ?? false,
    ...(nextAt === undefined ? {} : { nextAt }),
    ...(before?.lastAt === undefined ? {} : { lastAt: before.lastAt }),
    ...(before?.lastRun === undefined ? {} : { lastRun: before.lastRun }),
  }
}

async function look(options: SchedulerOptions): Promise<void> {
  const { store, clock, log, metrics } = options
  try {
    const now = clock.now()
    for (const schedule of await store.coordination.schedules()) {
      if (!schedule.paused && schedule.nextAt !== undefined && schedule.nextAt <= now)
        await runDue(options, schedule, schedule.nextAt, now)
    }
  } catch (reason) {
    const error = PolisError.from(reason)
    log.error({ error }, 'looking at schedules failed, trying again')
    metrics.increment('errors_total', { error_type: error.code, component: 'engine' })
  }
}

async function runDue(options: SchedulerOptions, schedule: ScheduleRecord, from: number, now: number): Promise<void> {
  const { store, log, metrics } = options
  const agent = options.agents().find(({ name }) => name === schedule.agent)
  if (agent === undefined) {
    log.warn(
      { schedule: schedule.name, agent: schedule.agent },
      'a schedule is due whose agent this project does not have',
    )
    return
  }
  const due = dueTicks(schedule, from, now)
  if (due.missed > 0) metrics.increment('schedule_ticks_total', { status: 'missed' }, due.missed)
  let current = schedule
  for (const [at, tick] of due.ticks.entries()) {
    // The store moves the schedule on tick by tick, so that a crash between two loses neither.
    const nextAt = due.ticks[at + 1] ?? due.nextAt
    const submit = toTick(options, schedule, agent, tick)
    if (!(await store.coordination.tick(current, nextAt, submit))) return
    metrics.increment('schedule_ticks_total', { status: 'started' })
    const { nextAt: _, ...rest } = current
    current = { ...rest, lastAt: tick, lastRun: submit.record.run, ...(nextAt === undefined ? {} : { nextAt }) }
  }
  if (due.ticks.length === 0) await store.coordination.tick(current, due.nextAt, undefined)
}

function toTick({ ids, clock }: SchedulerOptions, schedule: ScheduleRecord, { release }: AgentInfo, tick: number) {
  const { tenant, name, agent } = schedule
  return toSubmit({
    ...{ tenant, run: ids.run(), agent, release, input: decode(schedule.input), time: clock.now() },
    tags: { schedule: name },
    by: `schedule ${name}`,
    key: { key: `schedule/${name}/${new Date(tick).toISOString()}`, inputHash: 'schedule' },
  })
}
