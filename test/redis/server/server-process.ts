import { type ChildProcess, spawn } from 'node:child_process'
import { watchdog } from './watchdog.ts'

/** A server's process, with what it says. */
export interface ServerProcess {
  readonly pid: number
  readonly ended: Promise<void>
  /** Ends it, or stops and continues it (SIGSTOP, SIGCONT). */
  signal(signal: NodeJS.Signals): void
  /** Resolves with a line that matches; rejects when the server ends or takes too long. */
  logged(pattern: RegExp, options?: LogOptions): Promise<string>
  /** All it has said. */
  output(): string
}

/** Which line: by default the first from now on. */
export interface LogOptions {
  /** `start` counts what was said before. */
  readonly from?: 'start' | 'now'
  /** So many matches are passed over. */
  readonly after?: number
  /** Milliseconds. */
  readonly limit?: number
}

// A Sentinel that a busy machine has held up mistrusts its clock for 30 seconds, and does nothing meanwhile.
const LIMIT = 100_000

/** Starts a server that logs to its standard output, as another user where `owner` says. It is killed with this process, whatever ends that. */
export function startServerProcess(
  command: string,
  args: readonly string[],
  cwd: string,
  owner: { readonly uid?: number; readonly gid?: number } = {},
): ServerProcess {
  const child = spawn(command, args, { cwd, ...owner, stdio: ['ignore', 'pipe', 'pipe'] })
  const pid = child.pid ?? 0
  if (pid !== 0) watchdog().watch(pid)
  let said = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      for (const hear of listeners) hear()
    })
  }
  let isOver = false
  const ended = endOf(child).then(() => {
    isOver = true
    if (pid !== 0) watchdog().forget(pid)
    for (const hear of listeners) hear()
  })
  return {
    ...{ pid, ended, output: () => said },
    signal: (signal) => void child.kill(signal),
    logged: (pattern, { from = 'now', after = 0, limit = LIMIT } = {}) => {
      const begin = from === 'start' ? 0 : said.length
      const silence = () => `${command} did not say ${pattern} within ${limit} ms: ${said.slice(-2000)}`
      return heard(listeners, { limit, silence }, () => {
        const lines = said.slice(begin).split('\n').slice(0, -1)
        const line = lines.filter((it) => pattern.test(it))[after]
        if (line !== undefined) return { line }
        return isOver ? { reason: `${command} ended before it said ${pattern}: ${said.slice(-2000)}` } : undefined
      })
    },
  }
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    // One that could not be started has an error and no exit.
    child.once('error', () => resolve())
    child.once('close', () => resolve())
  })
}

type Heard = { readonly line: string } | { readonly reason: string } | undefined

function heard(
  listeners: Set<() => void>,
  { limit, silence }: { readonly limit: number; readonly silence: () => string },
  look: () => Heard,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const finish = (outcome: NonNullable<Heard>) => {
      clearTimeout(timer)
      listeners.delete(listen)
      if ('line' in outcome) resolve(outcome.line)
      else reject(new Error(outcome.reason))
    }
    const listen = () => {
      const outcome = look()
      if (outcome !== undefined) finish(outcome)
    }
    const timer = setTimeout(() => finish({ reason: silence() }), limit)
    listeners.add(listen)
    listen()
  })
}
