import type { Readable, Writable } from 'node:stream'
import type { Clock } from '../core/clock.ts'

/** Where text goes. `columns` and `rows` are read at each use, since a window changes its size. */
export interface Output {
  write(text: string): void
  readonly isTTY: boolean
  /** For bytes, and for more than fits into memory: whoever writes waits for it. */
  readonly stream: Writable
  /** Cells in a line; 80 where there is no terminal. */
  readonly columns: number
  readonly rows: number
}

/** Where typed or piped text comes from. */
export interface Input {
  readonly isTTY: boolean
  readonly stream: Readable
}

/**
 * Everything a command may touch of the process around it.
 *
 * `main.ts` makes it from the real process and tests make it from arrays: no command reads argv, the environment or
 * signals, or exits, by itself.
 */
export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  readonly stdin: Input
  readonly env: Readonly<Record<string, string | undefined>>
  /** The directory the command was started in. */
  readonly cwd: string
  readonly clock: Clock
  /** Aborts at the first SIGINT or SIGTERM, with that name as its reason; at the second the process ends by itself. */
  readonly stop: AbortSignal
}
