import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findBinary } from './binary.ts'
import { type Certificates, makeCertificates } from './certificate.ts'
import { makeFolder, removeFolder } from './folder.ts'
import { chosenPort } from './port.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'

/** How a server is started. */
export interface RedisOptions {
  /** Lines of redis.conf, after and so over those below. */
  readonly config?: readonly string[]
  /** `none` (the default) keeps nothing; `process` is appendonly with everysec, `disk` with always. */
  readonly durability?: 'none' | 'process' | 'disk'
  /** With TLS alone, by certificates made for it; a client needs none unless `config` asks for one. */
  readonly tls?: boolean
  /** ACL users as `redis.conf` has them, without `user`: `polis on >secret ~* &* +@all`. The default user is off then. */
  readonly users?: readonly string[]
  /** Listens there as well as on 127.0.0.1: for tests that have a network of their own. */
  readonly bind?: string
}

/** A real Redis server on a port of 127.0.0.1, in a folder of its own. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number
  readonly pid: number
  readonly folder: string
  readonly certificates: Certificates | undefined
  /** Asks by redis-cli, and answers what that prints; an error of the server rejects. */
  ask(...command: readonly (string | number)[]): Promise<string>
  /** Resolves once it has ended, and at once for SIGSTOP and SIGCONT. The default is SIGKILL. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again on the same port and files, after a SIGKILL if it is still there. */
  restart(): Promise<void>
  /** See `ServerProcess.logged`. */
  logged: ServerProcess['logged']
}

/** Starts a server, and resolves when it answers. It ends with the `await using` that holds it, or else with this process. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const folder = makeFolder()
  const certificates = options.tls ? makeCertificates(folder) : undefined
  const probe = options.users === undefined ? undefined : { user: 'probe', password: randomUUID() }
  const place = { folder, certificates, probe }
  let { port, running } = await startSomewhere(options, place)
  return {
    ...{ folder, certificates },
    get port() {
      return port
    },
    get pid() {
      return running.pid
    },
    ask: (...command) => ask(port, place, command),
    kill: (signal = 'SIGKILL') => kill(running, signal),
    async restart() {
      await kill(running, 'SIGKILL')
      running = await startIn(folder)
    },
    logged: (...request) => running.logged(...request),
    async [Symbol.asyncDispose]() {
      await kill(running, 'SIGKILL')
      removeFolder(folder)
    },
  }
}

interface Place {
  readonly folder: string
  readonly certificates: Certificates | undefined
  /** The user that `ask` is, where the default one is off. */
  readonly probe: { readonly user: string; readonly password: string } | undefined
}

// Between looking for a port and listening to it somebody else may take it.
async function startSomewhere(options: RedisOptions, place: Place) {
  for (let attempt = 1; ; attempt++) {
    const port = await chosenPort()
    const lines = [...configuration(port, options, place), ...(options.config ?? [])]
    writeFileSync(join(place.folder, CONFIG), `${lines.join('\n')}\n`)
    try {
      return { port, running: await startIn(place.folder) }
    } catch (reason) {
      if (attempt === 5 || !String(reason).includes('Address already in use')) throw reason
    }
  }
}

const CONFIG = 'redis.conf'

// The file stays as it is, since Sentinel lets a server write into it whose replica it is.
async function startIn(folder: string): Promise<ServerProcess> {
  const running = startServerProcess(findBinary('redis-server') ?? 'redis-server', [join(folder, CONFIG)], folder)
  try {
    await running.logged(/Ready to accept connections/, { from: 'start' })
    return running
  } catch (reason) {
    await kill(running, 'SIGKILL')
    throw reason
  }
}

function configuration(port: number, { durability = 'none', users, bind }: RedisOptions, place: Place): string[] {
  const { folder, certificates, probe } = place
  const tls = certificates && [
    ...['port 0', `tls-port ${port}`, `tls-ca-cert-file ${certificates.ca}`, 'tls-auth-clients optional'],
    ...[`tls-cert-file ${certificates.server.cert}`, `tls-key-file ${certificates.server.key}`],
    ...['tls-replication yes', 'tls-cluster yes'],
  ]
  const acl = probe && ['user default off', `user ${probe.user} on >${probe.password} ~* &* +@all`]
  return [
    ...[`bind 127.0.0.1${bind === undefined ? '' : ` ${bind}`}`, 'protected-mode no', `dir ${folder}`],
    ...(tls ?? [`port ${port}`]),
    // Two servers of one machine are no reason to keep a snapshot, or to let replicas wait for each other.
    ...["save ''", 'repl-diskless-sync yes', 'repl-diskless-sync-delay 0', 'repl-ping-replica-period 1'],
    ...(durability === 'none' ? ['appendonly no'] : ['appendonly yes']),
    ...(durability === 'disk' ? ['appendfsync always'] : []),
    ...['maxmemory-policy noeviction', 'loglevel notice'],
    ...(acl ?? []),
    ...(users ?? []).map((user) => `user ${user}`),
  ]
}

async function kill(running: ServerProcess, signal: NodeJS.Signals): Promise<void> {
  running.signal(signal)
  if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await running.ended
}

function ask(port: number, { certificates, probe }: Place, command: readonly (string | number)[]): Promise<string> {
  const tls = certificates === undefined ? [] : ['--tls', '--cacert', certificates.ca]
  const as = probe === undefined ? [] : ['--user', probe.user]
  return askAt(port, [...tls, ...as, ...command], probe && { REDISCLI_AUTH: probe.password })
}

/** Asks whoever listens at a port of 127.0.0.1, by redis-cli; options of that may come before the command. */
export async function askAt(
  port: number,
  command: readonly (string | number)[],
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const args = ['-h', '127.0.0.1', '-p', String(port), '-e', ...command.map(String)]
  const env = { ...process.env, ...variables }
  const { stdout } = await promisify(execFile)(findBinary('redis-cli') ?? 'redis-cli', args, { env })
  return stdout.trimEnd()
}
