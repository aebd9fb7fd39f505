import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { type Service, startService } from './start-service.ts'

/** A private PostgreSQL with its stock settings (fsync and synchronous_commit on), but for `max_connections`. */
export interface Postgres extends Service {
  readonly version: string
  /** Creates an empty database and answers its URL. */
  create(name: string): string
}

/** Starts a private PostgreSQL in a folder: loopback only, as the user `postgres` where we are root, which it refuses to run as. */
export async function startPostgres(folder: string): Promise<Postgres> {
  const bin = findBinaries()
  const data = join(folder, 'data')
  mkdirSync(data, { recursive: true })
  const who = asUser(folder, data)
  const run = (command: string, ...args: string[]) =>
    execFileSync(join(bin, command), args, { encoding: 'utf8', cwd: folder, ...who, stdio: ['ignore', 'pipe', 'pipe'] })
  run('initdb', '--pgdata', data, '--username', 'bench', '--auth', 'trust', '--encoding', 'UTF8', '--no-sync')
  const port = await freePort()
  const to = ['--host', '127.0.0.1', '--port', String(port), '--username', 'bench']
  const config = { listen_addresses: '127.0.0.1', port, max_connections: 200, unix_socket_directories: '' }
  const service = await startService(
    [join(bin, 'postgres'), '-D', data, ...Object.entries(config).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    { port, probe: [join(bin, 'pg_isready'), ...to.slice(0, 4)], end: 'SIGINT', spawn: { cwd: folder, ...who } },
  )
  return {
    ...service,
    version: run('postgres', '--version').trim().split(' ')[2] ?? '',
    create(name) {
      run('createdb', ...to, name)
      return `postgres://bench@127.0.0.1:${port}/${name}`
    },
  }
}

function findBinaries(): string {
  const root = '/usr/lib/postgresql' // Where Debian keeps a folder for each version.
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  if (versions[0] === undefined) throw new Error(`PostgreSQL is not installed: there is no version in ${root}`)
  return join(root, versions[0], 'bin')
}

function asUser(...folders: readonly string[]): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  const who = { uid: id('-u'), gid: id('-g') }
  for (const folder of folders) chownSync(folder, who.uid, who.gid)
  return who
}
