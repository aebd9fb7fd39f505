import { execFileSync } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { type Service, startService } from './start-service.ts'

/** When Redis syncs its append-only file: once a second (class B), or before it answers (class A). */
export type Fsync = 'everysec' | 'always'

/** A private Redis with an append-only file. */
export interface Redis extends Service {
  /** Forgets everything, the append-only file too, and syncs as said from now on. */
  reset(fsync: Fsync): Promise<void>
  /** A field of INFO. */
  info(field: string): string
}

/** Starts a private redis-server in a folder: loopback only, `appendonly yes`. */
export async function startRedis(folder: string): Promise<Redis> {
  const port = await freePort()
  const cli = (...args: string[]) =>
    execFileSync('redis-cli', ['-p', String(port), ...args], { encoding: 'utf8', timeout: 60_000 })
  const service = await startService(
    ['redis-server', ...settings({ port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'yes' })],
    { port, probe: ['redis-cli', '-p', String(port), '-e', 'PING'], end: 'SIGTERM' },
  )
  const info = (field: string) => new RegExp(`^${field}:(.*)\\r$`, 'm').exec(cli('INFO'))?.[1] ?? ''
  return {
    ...service,
    info,
    async reset(fsync) {
      cli('CONFIG', 'SET', 'appendfsync', fsync)
      cli('FLUSHALL', 'SYNC')
      cli('FUNCTION', 'FLUSH')
      cli('BGREWRITEAOF')
      while (info('aof_rewrite_in_progress') === '1' || info('aof_rewrite_scheduled') === '1') await delay(50)
    },
  }
}

function settings(of: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(of).flatMap(([name, value]) => [`--${name}`, String(value)])
}
