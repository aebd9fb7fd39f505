import type { Duration } from '../core/duration.ts'
import type { Effect } from '../core/tool.ts'

/** How failed attempts are repeated. Delays grow by `factor` from `delay` to `maxDelay`, with full jitter unless `jitter` is false. */
export interface RetryPolicy {
  /** Attempts in all, the first one included. Default: 3 for `read` and `idempotent`, 1 for `once`. */
  readonly attempts?: number
  readonly delay?: Duration
  readonly maxDelay?: Duration
  readonly factor?: number
  readonly jitter?: boolean
}

/** What a step's function gets. */
export interface StepContext {
  /** `run/step`: the same for every attempt, after any crash; give it to what you call as idempotency key. */
  readonly key: string
  /** From 1. */
  readonly attempt: number
  /** Aborts on the step's timeout, on cancel and when a drain ends. */
  readonly signal: AbortSignal
  /** A transient event for those who watch; never journalled. */
  progress(data: unknown): void
}

/** How a step is made. */
export interface StepOptions {
  /**
   * What doing it twice would mean: `read` and `idempotent` run again after a crash, `once` (the default) never does
   * without being told to (G3).
   */
  readonly effect?: Effect
  /** For `once`, after a crash between the call and its record: ask a human (default), fail, or do it again. */
  readonly uncertain?: 'ask' | 'fail' | 'retry'
  readonly retry?: RetryPolicy
  /** Of one attempt. Default: the agent's `limits.stepTimeout`, else 60 s. */
  readonly timeout?: Duration
  /** May be aborted and handed over when the worker drains; only then may `timeout` exceed the drain. */
  readonly interruptible?: boolean
  /** What the step depends on beside its name: replay checks that it is the same. */
  readonly input?: unknown
}
