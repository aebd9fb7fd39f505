import type { AgentInfo, ScheduleInfo } from '../../core/agent.ts'
import type { SerializedError } from '../../core/error.ts'
import type { Settings } from '../../core/settings.ts'
import type { TransientEvent } from '../../core/transient.ts'
import type { ForwardedMetric } from '../../telemetry/metrics.ts'

/** What a worker thread is started with; plain data, since it crosses threads. */
export interface ThreadInput {
  /** Folder of the project, absolute. */
  readonly dir: string
  /** Settings as `parseSettings` takes them, without the project's. */
  readonly defaults: Partial<Settings>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly overrides: Readonly<Record<string, unknown>>
  /** Whether runs of other releases are taken and replayed on this code: `dev`. */
  readonly anyRelease: boolean
}

/** What the main thread knows of a project: all of it came from the thread that executed the project's code. */
export interface Catalogue {
  readonly agents: readonly AgentInfo[]
  readonly schedules: readonly ScheduleInfo[]
  readonly settings: Settings
  readonly warnings: readonly string[]
}

/**
 * What the main thread tells a worker thread. `settings` are those the process was started with, since a reload may have read others;
 * `timeout` (ms) is what running steps may take.
 */
export type ToThread =
  | { readonly kind: 'start'; readonly settings: Settings }
  | { readonly kind: 'stop'; readonly timeout: number }

/** What a worker thread tells the main thread; `loaded` or `failed` comes first. */
export type FromThread =
  | { readonly kind: 'loaded'; readonly catalogue: Catalogue }
  | { readonly kind: 'failed'; readonly error: SerializedError }
  | { readonly kind: 'started'; readonly worker: string }
  | { readonly kind: 'metrics'; readonly batch: readonly ForwardedMetric[] }
  | { readonly kind: 'transient'; readonly event: TransientEvent }
  | {
      readonly kind: 'log'
      readonly level: 'debug' | 'info' | 'warn' | 'error'
      readonly fields: Readonly<Record<string, unknown>>
      readonly message: string
    }

/** How a thread ended: by an error that nobody caught, or by itself. */
export interface ThreadEnd {
  readonly code: number
  readonly error?: unknown
}

/** A thread, as its supervisor sees it. */
export interface Thread {
  post(message: ToThread): void
  /** Ends it wherever it is; `ended` follows. */
  terminate(): Promise<void>
}

/** Who is told what a thread does. `ended` is the last call. */
export interface ThreadListener {
  message(message: FromThread): void
  ended(end: ThreadEnd): void
}

/** Starts a thread. */
export type Spawn = (input: ThreadInput, listener: ThreadListener) => Thread
