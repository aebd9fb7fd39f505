import type { DecodedEntry, RecordedError } from '../../core/entry.ts'
import type { EndedStatus } from '../../core/run.ts'

/** One recorded operation of a run that has a result. */
export interface TestStep {
  readonly kind: 'step' | 'child' | 'question' | 'message'
  readonly status: 'open' | 'completed' | 'failed'
  /** Attempts that the journal counts. */
  readonly attempts: number
  /** How often its function was really called, over all crashes. */
  readonly executed: number
  /** What it answered: the step's result, the child's output, the human's answer, the message. */
  readonly output?: unknown
  readonly error?: RecordedError
}

/** An agent's run in a test, at its end. */
export interface TestRun<O = unknown> {
  readonly run: string
  readonly status: Exclude<EndedStatus, 'continued'>
  /** Throws the run's error when it did not complete, so that a test says why. */
  readonly output: O
  readonly error: RecordedError | undefined
  /** Its journal, and after it those of the runs that continued it. */
  readonly entries: readonly DecodedEntry[]
  /** By id, in recorded order. Those of a child run follow the id of its call: `call>step`. */
  readonly steps: ReadonlyMap<string, TestStep>
  /** Events of `context.emit`, in recorded order. */
  readonly emitted: readonly { readonly name: string; readonly data: unknown }[]
  /** The state it left in its session. */
  readonly session: unknown
  /** Milliseconds that nobody had to wait for. */
  readonly timeSkipped: number
  /** How often the process died; with `everyStep`, the runs that a crash was tried in. */
  readonly crashes: number
}
