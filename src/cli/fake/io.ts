import { Readable, Writable } from 'node:stream'
import type { Clock } from '../../core/clock.ts'
import { manualClock } from '../../core/manual-clock.ts'
import type { Io, Output } from '../io.ts'

/** What a captured process is like; by default a pipe without a terminal, in an empty environment. */
export interface FakeIoOptions {
  readonly tty?: boolean
  readonly columns?: number
  readonly rows?: number
  readonly env?: Io['env']
  /** What comes from standard input. */
  readonly stdin?: string | Readable
  readonly stdinTTY?: boolean
  readonly cwd?: string
  readonly clock?: Clock
  readonly stop?: AbortSignal
}

/** An Io whose output is kept as text, for tests. */
export interface FakeIo extends Io {
  out(): string
  err(): string
}

/** Makes an Io that captures. */
export function createFakeIo(options: FakeIoOptions = {}): FakeIo {
  const { tty = false, columns = 80, rows = 24, stdin = '' } = options
  const stdout = capture(tty, columns, rows)
  const stderr = capture(tty, columns, rows)
  return {
    stdout,
    stderr,
    stdin: { isTTY: options.stdinTTY ?? false, stream: typeof stdin === 'string' ? Readable.from([stdin]) : stdin },
    env: options.env ?? {},
    cwd: options.cwd ?? '/project',
    clock: options.clock ?? manualClock(1_800_000_000_000),
    stop: options.stop ?? new AbortController().signal,
    out: stdout.text,
    err: stderr.text,
  }
}

function capture(isTTY: boolean, columns: number, rows: number): Output & { text(): string } {
  let text = ''
  return {
    isTTY,
    columns,
    rows,
    write(chunk) {
      text += chunk
    },
    stream: new Writable({
      write(chunk, _encoding, done) {
        text += chunk
        done()
      },
    }),
    text: () => text,
  }
}
