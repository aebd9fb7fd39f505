import { execFileSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { startService } from './start-service.ts'

/** When Redis syncs its append-only file: once a second (class B), or before it answers (class A). */
export type Fsync = 'everysec' | 'always'

/** A private Redis with an append-only file. */
export interface Redis extends AsyncDisposable {
  readonly port: number
  /** Another one after a restart. */
  pid(): number
  /** Forgets everything, the append-only file too, and syncs as said from now on. */
  reset(fsync: Fsync): Promise<void>
  /** A field of INFO. */
  info(field: string): string
  /** Ends it with a signal and starts it again on what it wrote. */
  restart(signal: NodeJS.Signals): Promise<void>
}

/** Starts a private redis-server in a folder: loopback only, `appendonly yes`. */
export async function startRedis(folder: string): Promise<Redis> {
  const port = await freePort()
  const cli = (...args: string[]) =>
    execFileSync('redis-cli', ['-p', String(port), ...args], {
      encoding: 'utf8',
      timeout: 60_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  let fsync: Fsync = 'everysec'
  const start = () => {
    const options = {
      port,
      bind: '127.0.0.1',
      dir: folder,
      save: '',
      appendonly: 'yes',
      appendfsync: fsync,
      maxmemory: '8gb',
    }
    const probe = ['redis-cli', '-p', String(port), '-e', 'PING'] as const
    return startService(['redis-server', ...settings(options)], { port, probe, end: 'SIGTERM' })
  }
  let service = await start()
  const info = (field: string) => new RegExp(`^${field}:(.*)\\r$`, 'm').exec(cli('INFO'))?.[1] ?? ''
  return {
    port,
    pid: () => service.pid,
    info,
    async reset(how) {
      fsync = how
      cli('CONFIG', 'SET', 'appendfsync', fsync)
      cli('FLUSHALL', 'SYNC')
      cli('FUNCTION', 'FLUSH')
      cli('BGREWRITEAOF')
      while (info('aof_rewrite_in_progress') === '1' || info('aof_rewrite_scheduled') === '1') await delay(50)
    },
    async restart(signal) {
      await service.end(signal)
      service = await start()
    },
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  }
}

function settings(of: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(of).flatMap(([name, value]) => [`--${name}`, String(value)])
}
