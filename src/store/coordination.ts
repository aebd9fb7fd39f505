import type { Entry } from '../core/entry.ts'
import type { RunRecord } from '../core/run.ts'
import type { MissedTicks } from '../core/schedule.ts'
import type { Submit } from './journal.ts'

/**
 * The coordination port: who works, who gets which run, and what is due.
 *
 * A worker's lease is one, not one a run. A `lock` is held by the operating system, so that a dead process is noticed within a second.
 * A `time` is by the store's own clock: the adapter renews it every third of a heartbeat, and it ends after one and a half.
 */
export interface CoordinationPort {
  readonly lease: 'lock' | 'time'
  /**
   * Takes the worker's lease. It stands until `close`, `unregister`, or the process dies; one that is a time also ends while the process
   * lives, when it is paused or cut off for too long. Then `lost` is called, once: the worker's runs are, or will be, another's, its id is
   * not used again, and whoever goes on registers under a new one.
   */
  register(worker: WorkerRecord, lost?: () => void): Promise<void>
  /**
   * Whether the worker's lease surely stands, as far as this process knows without asking. False once it may have ended unheard: a
   * process that was stopped must not act on what it was told before.
   */
  holds(worker: string): boolean
  /** Changes what the worker says of itself (releases held, draining). */
  update(worker: WorkerRecord): Promise<void>
  /** Gives the lease back and queues all that the worker still held, at once and without counting a crash (G6). */
  unregister(worker: string): Promise<void>
  /**
   * Queues the runs of workers whose lease is gone, counting a crash on each, and those whose holder is not registered, which nobody
   * ever executed; answers how many.
   */
  reap(): Promise<number>
  workers(): Promise<readonly WorkerRecord[]>
  /** Moves what is due into the queue, then gives this worker up to `slots` runs, each with a raised epoch; of a paused store none. */
  claim(request: ClaimRequest): Promise<ClaimOutcome>
  schedules(tenant?: string): Promise<readonly ScheduleRecord[]>
  putSchedule(schedule: ScheduleRecord): Promise<void>
  removeSchedule(tenant: string, name: string): Promise<boolean>
  /**
   * Takes the lead in something that one process alone should do, or keeps it, for so many ms by the store's clock; false while another
   * holder has it. With 0 a holder gives it up. It spares work and proves nothing: what is led must be safe when two do it.
   */
  lead(name: string, holder: string, ms: number): Promise<boolean>
  /** Submits the run of one tick and moves the schedule on, in one commit; false when another process was first, or the store is paused. */
  tick(schedule: ScheduleRecord, nextAt: number | undefined, submit: Submit | undefined): Promise<boolean>
}

export interface WorkerRecord {
  readonly worker: string
  readonly host: string
  readonly pid: number
  readonly startedAt: number
  readonly draining: boolean
  /** agent name → release held. */
  readonly releases: Readonly<Record<string, string>>
}

export interface ClaimRequest {
  readonly worker: string
  readonly now: number
  readonly slots: number
  /** The releases this worker holds (G9), by agent; `any` takes every release of these agents (`dev`). */
  readonly releases: Readonly<Record<string, string>>
  readonly any?: boolean
  readonly limits: ClaimLimits
  /** Also answers what this worker holds already: an earlier claim may have had no answer. */
  readonly recall?: boolean
}

/** How many runs may run at once, over all workers; absent means no limit. */
export interface ClaimLimits {
  readonly perAgent: Readonly<Record<string, number>>
  readonly perTenant?: number
}

/** `nextAt` is when the next suspended run is due (ms), if any; `more` says that the queue held more than was taken. */
export interface ClaimOutcome {
  readonly runs: readonly RunRecord[]
  /**
   * By run, the whole journals of those that recorded nothing yet and for which no message was there: they need not be read. Absent where
   * they are not at hand.
   */
  readonly fresh?: ReadonlyMap<string, readonly Entry[]>
  /** What the worker held before, if it asked. */
  readonly held?: readonly RunRecord[]
  readonly nextAt?: number
  readonly more: boolean
}

/** A cron schedule. `nextAt` is the next tick (ms); absent when paused or over. `input` is opaque JSON bytes. */
export interface ScheduleRecord {
  readonly tenant: string
  readonly name: string
  readonly agent: string
  readonly cron: string
  readonly timeZone: string
  readonly missed: MissedTicks
  readonly input: Uint8Array
  readonly paused: boolean
  readonly nextAt?: number
  readonly lastAt?: number
  readonly lastRun?: string
  /** `project` schedules follow the project file; `api` ones were made over REST. */
  readonly source: 'project' | 'api'
}
