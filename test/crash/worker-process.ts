import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command, Report } from './protocol.ts'

/** A worker process, as its supervisor has it. */
export interface WorkerProcess {
  readonly pid: number
  tell(command: Command): void
  /** From now on reports go to this listener. */
  listen(listener: (report: Report) => void): void
  kill(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void
  /** Resolves once it has ended and all it reported was heard, with what it wrote to its standard error. */
  readonly ended: Promise<{ readonly signal: string | null; readonly code: number | null; readonly stderr: string }>
}

/** How a worker process is started: under which command line, by default bare, and where compiled code is kept. */
export interface StartOptions {
  readonly wrapper?: readonly string[]
  readonly cache?: string
}

/** Starts a worker process; it is loaded when this resolves. */
export async function startWorkerProcess({ wrapper = [], cache }: StartOptions = {}): Promise<WorkerProcess> {
  const script = fileURLToPath(new URL('./worker.ts', import.meta.url))
  const [command = process.execPath, ...args] = [...wrapper, process.execPath, script]
  const env = cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: cache }
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let hear: (report: Report) => void = () => {}
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4000)
  })
  // Only `worker.ts` writes to this channel.
  child.on('message', (report) => hear(report as Report))
  const ended = endOf(child).then(([code, signal]) => ({ code, signal, stderr }))
  const loaded = new Promise<void>((resolve) => {
    hear = () => resolve()
  })
  await Promise.race([
    loaded,
    ended.then(({ stderr: said }) => Promise.reject(new Error(`no worker started: ${said}`))),
  ])
  return {
    pid: child.pid ?? 0,
    // A process that has just died takes no command; whoever waits for an answer learns of it by its end.
    tell: (command) => void (child.connected && child.send(command, () => {})),
    listen: (listener) => {
      hear = listener
    },
    kill: (signal) => void child.kill(signal),
    ended,
  }
}

async function endOf(child: ChildProcess): Promise<[code: number | null, signal: string | null]> {
  const disconnected = child.connected ? once(child, 'disconnect') : undefined
  const [code, signal] = await once(child, 'close')
  if (child.connected) await disconnected
  return [code, signal]
}

/** Worker processes that are loaded ahead, since that takes longer than to be killed. */
export interface WorkerPool extends AsyncDisposable {
  take(): Promise<WorkerProcess>
}

/** Keeps so many processes waiting. */
export function createPool(size: number): WorkerPool {
  const waiting: Promise<WorkerProcess>[] = []
  const cache = mkdtempSync(join(tmpdir(), 'polis-crash-cache-'))
  const refill = () => {
    const process = startWorkerProcess({ cache })
    // Whoever takes it hears of its failure.
    process.catch(() => {})
    waiting.push(process)
  }
  for (let count = 0; count < size; count++) refill()
  return {
    take() {
      refill()
      return waiting.shift() ?? startWorkerProcess({ cache })
    },
    async [Symbol.asyncDispose]() {
      for (const pending of waiting) {
        // One that could not be loaded has told whoever wanted it.
        const process = await pending.catch(() => undefined)
        process?.kill('SIGKILL')
        await process?.ended
      }
      rmSync(cache, { recursive: true, force: true })
    },
  }
}
