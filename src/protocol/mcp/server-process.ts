/**
 * Role: one child process that speaks MCP over its standard input and output.
 * Boundary: bytes in, lines out; it knows nothing of the protocol.
 * Invariants:
 * 1. After `stop()` resolves the process has ended, and so has what it started (see process-family.ts).
 * 2. `ended` resolves exactly once, after its last output has been read.
 * 3. Every wait is bounded; so are what is kept of its output, what is read of its errors in a second, and its memory.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import { type ProcessFamily, watchFamily } from './process-family.ts'
import { MARKER, type ProcessTable } from './process-table.ts'
import { createTail } from './tail.ts'
import { throttle } from './throttle.ts'
import { settledWithin } from './wait.ts'

/** What to start. */
export interface ServerCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** Tells its processes from all others; in their environment under the name `MARKER`. */
  readonly marker: string
  /** Bytes that its processes may have in memory together. */
  readonly memoryLimit: number
}

/** A process that was started. */
export interface ServerProcess {
  readonly pid: number
  readonly input: Writable
  readonly output: Readable
  /** How it ended, in words: `exited with code 3`, `was ended by SIGKILL`. */
  readonly ended: Promise<string>
  /** The last lines that it wrote to standard error. */
  lastWords(): string
  /** Closes its input, then asks it to end, then ends it; each time it has `grace` milliseconds. */
  stop(grace?: number): Promise<void>
  /** Ends it at once. */
  kill(): void
}

/** What starting needs. */
export interface ServerProcessDependencies {
  readonly clock: Clock
  readonly processes: ProcessTable
  /** Sees each line of its standard error. */
  readonly onError: (line: string) => void
  /** Told once that it writes more errors than are read of it. */
  readonly onFlood: () => void
  /** Told before it is ended for its memory. */
  readonly onTooMuch: (bytes: number) => void
  /** Applied to what is kept of its errors. */
  readonly hide: (text: string) => string
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

const GRACE = 2000
// Output that was written just before the end is still in the pipe; a helper that holds the pipe open must not delay the news.
const DRAIN = 500
// More makes the server wait, not us.
const ERRORS = { burst: 2 ** 20, perSecond: 256 * 1024 }
const groups = process.platform !== 'win32'

/** Starts the program; TOOL_UNAVAILABLE (not retryable) that says what to do when it cannot be started. */
export async function startServerProcess(
  { command, args, env, cwd, marker, memoryLimit }: ServerCommand,
  { clock, processes, onError, onFlood, onTooMuch, hide }: ServerProcessDependencies,
): Promise<ServerProcess> {
  await assertFolder(cwd)
  // In a group of its own: an interrupt at the terminal must not end servers while runs drain, and what a launcher
  // such as npx started can be ended with it.
  const child = spawn(command, args, {
    ...{ env: { ...env, [MARKER]: marker }, cwd, detached: groups },
    ...{ stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true },
  })
  const family: { it?: ProcessFamily } = {}
  const ended = endOf(child, family, clock)
  const tail = createTail(onError, hide)
  throttle(child.stderr, ERRORS, { clock, take: tail.push, onSlow: onFlood })
  // A pipe that breaks is the process ending, which `ended` reports with its exit code.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {})
  await spawned(child, command)
  const pid = child.pid as number // Set once it was spawned.
  const kill = () => {
    if (isRunning(child)) signalGroup(pid, 'SIGKILL')
  }
  const tooMuch = (bytes: number) => {
    onTooMuch(bytes)
    kill()
  }
  if (isRunning(child)) family.it = watchFamily({ pid, marker, memoryLimit, onTooMuch: tooMuch }, processes, clock)
  return {
    ...{ pid, input: child.stdin, output: child.stdout, ended, lastWords: tail.text, kill },
    stop: (grace = GRACE) => stop(child, pid, ended, grace, clock),
  }
}

async function assertFolder(cwd: string): Promise<void> {
  const found = await stat(cwd).catch(() => undefined)
  if (found?.isDirectory() === true) return
  throw new PolisError('TOOL_UNAVAILABLE', `its working directory ${cwd} does not exist: create it or correct cwd`, {
    retryable: false,
  })
}

function spawned(child: Child, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new PolisError('TOOL_UNAVAILABLE', `its command '${command}' ${adviceFor(cause.code)}`, {
          cause,
          retryable: cause.code === 'EAGAIN' || cause.code === 'EMFILE' || cause.code === 'ENOMEM',
        }),
      ),
    )
  })
}

function adviceFor(code: string | undefined): string {
  if (code === 'ENOENT') return 'was not found. Install it, put it on the PATH, or give its full path as command'
  if (code === 'EACCES') return 'may not be executed (EACCES). Make it executable, or start it through its interpreter'
  return `gave ${code ?? 'an unknown error'}. See whether it starts by hand`
}

function endOf(child: Child, family: { readonly it?: ProcessFamily }, clock: Clock): Promise<string> {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  return new Promise((resolve) => {
    child.once('exit', async (code, signal) => {
      signalGroup(child.pid, 'SIGKILL')
      family.it?.end()
      await settledWithin(closed, DRAIN, clock)
      // Nothing more is read, whoever still holds the other end.
      for (const stream of [child.stdout, child.stderr]) stream.destroy()
      resolve(signal === null ? `exited with code ${code}` : `was ended by ${signal}`)
    })
  })
}

async function stop(child: Child, pid: number, ended: Promise<string>, grace: number, clock: Clock): Promise<void> {
  child.stdin.end()
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (await settledWithin(ended, grace, clock)) return
    if (isRunning(child)) signalGroup(pid, signal)
  }
  await settledWithin(ended, grace, clock)
}

// Only while it has not been reaped: its id cannot belong to anyone else before that.
function isRunning(child: Child): boolean {
  return child.exitCode === null && child.signalCode === null
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(groups ? -pid : pid, signal)
  } catch {
    // No such process: it has ended, which is what was wanted.
  }
}
