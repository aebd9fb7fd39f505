import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findBinary } from '../../redis/server/binary.ts'
import { makeFolder, removeFolder } from '../../redis/server/folder.ts'
import { chosenPort } from '../../redis/server/port.ts'
import { type ServerProcess, startServerProcess } from '../../redis/server/server-process.ts'

/** A real PostgreSQL on a port of 127.0.0.1, in a folder of its own, that asks for a password. */
export interface PostgresServer extends AsyncDisposable {
  readonly url: string
  readonly password: string
  /** Resolves once it has ended, and at once for SIGSTOP and SIGCONT. The default is SIGKILL. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again on the same port and files. */
  restart(): Promise<void>
}

// PostgreSQL refuses to be root's: then it is nobody's, in the word of every Unix.
const NOBODY = { uid: 65534, gid: 65534 }

/** Starts a server, and resolves when it answers. It ends with the `await using` that holds it, or else with this process. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = makeFolder()
  const isRoot = process.getuid?.() === 0
  const owner = isRoot ? NOBODY : {}
  const give = (path: string) => (isRoot ? chownSync(path, NOBODY.uid, NOBODY.gid) : undefined)
  give(folder)
  const [data, password, port] = [join(folder, 'data'), randomUUID(), await chosenPort()]
  const secret = join(folder, 'password')
  writeFileSync(secret, password)
  give(secret)
  const access = ['--auth-host=scram-sha-256', '--auth-local=trust', `--pwfile=${secret}`, '--username=polis']
  const init = ['--pgdata', data, '--encoding=UTF8', '--locale=C', '--no-instructions', ...access]
  execFileSync(findBinary('initdb') ?? 'initdb', init, { cwd: folder, ...owner })
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: folder, max_connections: 40 }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const start = async () => {
    const started = startServerProcess(findBinary('postgres') ?? 'postgres', ['-D', data, ...args], folder, owner)
    await started.logged(/ready to accept connections/, { from: 'start' })
    return started
  }
  let running = await start()
  return {
    ...{ url: `postgres://polis:${password}@127.0.0.1:${port}/postgres`, password },
    kill: (signal = 'SIGKILL') => kill(running, signal),
    restart: async () => {
      running = await start()
    },
    async [Symbol.asyncDispose]() {
      // SIGQUIT is its own quick end, that takes its children along; SIGKILL would leave them.
      await kill(running, 'SIGQUIT')
      removeFolder(folder)
    },
  }
}

async function kill(running: ServerProcess, signal: NodeJS.Signals): Promise<void> {
  running.signal(signal)
  if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await running.ended
}
