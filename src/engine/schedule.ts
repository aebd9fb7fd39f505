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
import { hasRoom } from './room.ts'
import { toSubmit } from './submission.ts'

/** Looks at schedules when one is due, and at least this often (ms), so that ones made elsewhere are noticed. */
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
  const state = { stopped: false, cancel: () => {}, looking: Promise.resolve(), told: new Set<string>() }
  const again = (dueAt: number) => {
    if (state.stopped) return
    state.cancel = options.clock.setTimer(Math.min(dueAt, options.clock.now() + LONGEST_LOOK), () => {
      state.looking = look(options, state.told).then(again)
    })
  }
  return {
    async start() {
      await syncProject(options)
      again(await look(options, state.told))
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

// Runs what is due, and answers when the next tick is (ms since the epoch). What nobody can run is told of once.
async function look(options: SchedulerOptions, told: Set<string>): Promise<number> {
  const { store, clock, log, metrics } = options
  let dueAt = Number.POSITIVE_INFINITY
  try {
    // What is due waits for room and for the end of a pause, and is a missed tick then.
    if (!hasRoom(store) || (await store.transfer.state()).paused !== undefined) return dueAt
    const now = clock.now()
    for (const schedule of await store.coordination.schedules()) {
      const { paused, nextAt } = schedule
      if (paused || nextAt === undefined) continue
      const next = nextAt > now ? nextAt : await runDue(options, told, schedule, nextAt, now)
      dueAt = Math.min(dueAt, next ?? dueAt)
    }
  } catch (reason) {
    const error = PolisError.from(reason)
    log.error({ error }, 'looking at schedules failed, trying again')
    metrics.increment('errors_total', { error_type: error.code, component: 'engine' })
  }
  return dueAt
}

async function runDue(
  options: SchedulerOptions,
  told: Set<string>,
  schedule: ScheduleRecord,
  from: number,
  now: number,
): Promise<number | undefined> {
  const { store, metrics } = options
  const agent = options.agents().find(({ name }) => name === schedule.agent)
  if (agent === undefined) return tellMissing(options, told, schedule)
  const due = dueTicks(schedule, from, now)
  if (due.missed > 0) metrics.increment('schedule_ticks_total', { status: 'missed' }, due.missed)
  let current = schedule
  for (const [at, tick] of due.ticks.entries()) {
    // The store moves the schedule on tick by tick, so that a crash between two loses neither.
    const nextAt = due.ticks[at + 1] ?? due.nextAt
    const submit = toTick(options, schedule, agent, tick)
    if (!(await store.coordination.tick(current, nextAt, submit))) return undefined
    metrics.increment('schedule_ticks_total', { status: 'started' })
    const { nextAt: _, ...rest } = current
    current = { ...rest, lastAt: tick, lastRun: submit.record.run, ...(nextAt === undefined ? {} : { nextAt }) }
  }
  if (due.ticks.length === 0) await store.coordination.tick(current, due.nextAt, undefined)
  return due.nextAt
}

function tellMissing({ log }: SchedulerOptions, told: Set<string>, { tenant, name, agent }: ScheduleRecord): undefined {
  const id = `${tenant}/${name}/${agent}`
  if (told.has(id)) return
  told.add(id)
  log.warn({ schedule: name, agent }, 'a schedule is due whose agent this project does not have')
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
