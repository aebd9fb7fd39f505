import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'

/** How long a service may take to answer (ms). */
const START_LIMIT = 20_000

/** A server that a benchmark started for itself; it ends with it. */
export interface Service extends AsyncDisposable {
  readonly port: number
  readonly pid: number
  /** Ends it with this signal, and resolves once it has ended. */
  end(signal: NodeJS.Signals): Promise<void>
}

/** Starts a server and waits until it answers its probe; `how` says which signal ends it. */
export async function startService(
  command: readonly [string, ...string[]],
  how: {
    readonly port: number
    readonly probe: readonly [string, ...string[]]
    readonly end: NodeJS.Signals
    readonly spawn?: SpawnOptions
  },
): Promise<Service> {
  const [file, ...args] = command
  const child = spawn(file, args, { stdio: 'ignore', ...how.spawn })
  const failed = new Promise<never>((_, reject) => {
    child.on('error', (cause) => reject(new Error(`${file} could not be started: is it installed?`, { cause })))
  })
  const end = (signal: NodeJS.Signals) => endChild(child, signal)
  // A benchmark that is interrupted leaves nothing behind.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('close', () => process.off('exit', kill))
  await Promise.race([
    failed,
    untilReady(child, how.probe).catch((error) => end(how.end).then(() => Promise.reject(error))),
  ])
  return { port: how.port, pid: child.pid ?? 0, end, [Symbol.asyncDispose]: () => end(how.end) }
}

async function untilReady(child: ChildProcess, [probe, ...args]: readonly [string, ...string[]]): Promise<void> {
  const until = Date.now() + START_LIMIT
  while (spawnSync(probe, args, { stdio: 'ignore', timeout: 2000 }).status !== 0) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode} before it answered`)
    if (Date.now() > until) throw new Error(`${child.spawnfile} did not answer within ${START_LIMIT / 1000} s`)
    await delay(100)
  }
}

async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const closed = once(child, 'close')
  child.kill(signal)
  const late = setTimeout(() => child.kill('SIGKILL'), 5000)
  await closed
  clearTimeout(late)
}
