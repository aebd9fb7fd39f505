import type { Duration } from '../../core/duration.ts'
import { PolisError } from '../../core/error.ts'
import type { RunStatus } from '../../core/run.ts'

/** One input to run an agent on. */
export interface EvalCase<I = unknown, E = unknown> {
  /** Tells it from the others and finds it again in other results. Default: a hash of its input. */
  readonly name?: string
  readonly input: I
  /** What scorers may compare the output with. */
  readonly expected?: E
  /** For `--filter`. */
  readonly tags?: readonly string[]
}

/** Cases of a file; see `file`. */
export interface FileData {
  readonly kind: 'file'
  readonly path: string
}

/** Cases made from runs; see `runs`. */
export interface RunData extends RunsOptions {
  readonly kind: 'runs'
}

/** Which runs become cases. */
export interface RunsOptions {
  /** Default: the agent that is evaluated. */
  readonly agent?: string
  /** Default: completed ones. */
  readonly status?: RunStatus | readonly RunStatus[]
  /** All of these tags, with these values. */
  readonly tags?: Readonly<Record<string, string>>
  /** Not older than that. Default: however old. */
  readonly since?: Duration
  /** The newest so many, from 1 to 1000. Default: 20. */
  readonly limit?: number
}

/** Where cases come from. */
export type CaseSource<I = unknown, E = unknown> = EvalCase<I, E> | FileData | RunData

/** What an eval takes as `data`. */
export type CaseData<I = unknown, E = unknown> = FileData | RunData | readonly CaseSource<I, E>[]

/**
 * Cases of a file: `.jsonl` (one a line), `.json` (a list), or `.csv` (a heading; columns `name`, `tags`, `input`, `expected`, and
 * `input.x` for a field). The path counts from the eval's own file.
 */
export function file(path: string): FileData {
  if (typeof path === 'string' && /\.(?:jsonl|json|csv)$/i.test(path)) return Object.freeze({ kind: 'file', path })
  throw new PolisError('INVALID_CONFIG', `file: expected a path that ends in .jsonl, .json or .csv, got ${show(path)}`)
}

/**
 * Cases made from runs of the store: a run's input, and its output as expected.
 *
 * Which they are is recorded with the result, so that `polis eval --repeat` can run the same ones again.
 */
export function runs(options: RunsOptions = {}): RunData {
  const { limit } = options
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1 && limit <= 1000)) {
    throw new PolisError('INVALID_CONFIG', `runs: option limit: expected a whole number from 1 to 1000, got ${limit}`)
  }
  return Object.freeze({ kind: 'runs', ...options })
}

function show(value: unknown): string {
  return typeof value === 'string' ? `'${value.slice(0, 80)}'` : typeof value
}
