import type { SessionPolicy } from './run.ts'
import type { MissedTicks } from './schedule.ts'

/** Limits of an agent's runs; absent ones do not limit. Times are milliseconds. */
export interface AgentLimits {
  /** Runs of this agent at once, over all workers. */
  readonly concurrency?: number
  /** From submit to end, waits included. */
  readonly duration?: number
  /** Operations of a run. */
  readonly steps?: number
  /** A step's time where it sets none. */
  readonly stepTimeout?: number
}

/**
 * What is known of an agent without its code: the row of the catalogue.
 *
 * A worker thread loads the code and posts this to the listeners, so that they never execute an author's code.
 */
export interface AgentInfo {
  readonly name: string
  readonly description: string
  /** Hash of the agent's code, the project file and the lock file (G9). */
  readonly release: string
  /** JSON Schema 2020-12 of what a client may send, and of what comes back. */
  readonly input: unknown
  readonly output: unknown
  readonly limits: AgentLimits
  readonly session: SessionPolicy
}

/** A schedule that the project file declares. */
export interface ScheduleInfo {
  readonly name: string
  readonly agent: string
  readonly cron: string
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string
  readonly missed: MissedTicks
  readonly input: unknown
}
