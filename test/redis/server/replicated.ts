import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findBinary } from './binary.ts'
import { makeFolder, removeFolder } from './folder.ts'
import { chosenPort } from './port.ts'
import { askAt, type RedisOptions, type RedisServer, startRedis } from './redis.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'

/** How a primary is watched over. `redis` is of the primary and the replicas. */
export interface ReplicatedOptions {
  readonly replicas?: number
  readonly sentinels?: number
  /** How long a primary that says nothing counts as alive (ms). */
  readonly downAfter?: number
  readonly redis?: Omit<RedisOptions, 'tls' | 'users'>
  /** More lines of sentinel.conf. */
  readonly config?: readonly string[]
}

/** A primary with replicas, and Sentinels that agree on who it is. */
export interface Replicated extends AsyncDisposable {
  /** What Sentinel calls it. */
  readonly name: string
  /** In the order of their start: the first one was the primary then. */
  readonly servers: readonly RedisServer[]
  readonly sentinels: readonly { readonly port: number; readonly logged: ServerProcess['logged'] }[]
  /** Whom the first Sentinel holds to be the primary now. */
  primary(): Promise<RedisServer>
  /** Resolves with the new primary once the first Sentinel has promoted it; ask before the old one dies. */
  promoted(): Promise<RedisServer>
}

const NAME = 'polis'

/** Starts them all, and resolves when the replicas are in step and the Sentinels know each other and them. */
export async function startReplicated(options: ReplicatedOptions = {}): Promise<Replicated> {
  const { replicas = 1, sentinels: count = 3, redis = {} } = options
  await using stack = new AsyncDisposableStack()
  const first = stack.use(await startRedis(redis))
  const follow = [...(redis.config ?? []), `replicaof 127.0.0.1 ${first.port}`]
  const start = async () => stack.use(await startRedis({ ...redis, config: follow }))
  const servers = [first, ...(await Promise.all(Array.from({ length: replicas }, start)))]
  await Promise.all(servers.slice(1).map((it) => it.logged(/sync: Finished with success/, { from: 'start' })))
  const begin = async () => stack.use(await startSentinel(first.port, Math.floor(count / 2) + 1, options))
  const sentinels = await Promise.all(Array.from({ length: count }, begin))
  await Promise.all(sentinels.map((it) => acquainted(it, replicas, count - 1)))
  const [watched] = sentinels
  const serverAt = (line: string) => {
    const server = servers.find(({ port }) => line.split(/\s+/).at(-1) === String(port))
    if (server === undefined) throw new Error(`no server of ours is the primary: ${line}`)
    return server
  }
  const ending = stack.move()
  return {
    ...{ name: NAME, servers, sentinels },
    primary: async () => serverAt(await askAt(watched?.port ?? 0, ['sentinel', 'get-master-addr-by-name', NAME])),
    promoted: async () => serverAt((await watched?.logged(/\+switch-master/)) ?? ''),
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  }
}

async function startSentinel(primary: number, quorum: number, { downAfter = 1500, config = [] }: ReplicatedOptions) {
  const [folder, port] = [makeFolder(), await chosenPort()]
  const path = join(folder, 'sentinel.conf')
  const lines = [
    ...[`port ${port}`, 'bind 127.0.0.1', 'protected-mode no', `dir ${folder}`],
    ...[`sentinel monitor ${NAME} 127.0.0.1 ${primary} ${quorum}`, `sentinel parallel-syncs ${NAME} 1`],
    ...[`sentinel down-after-milliseconds ${NAME} ${downAfter}`, `sentinel failover-timeout ${NAME} 2000`],
  ]
  writeFileSync(path, `${[...lines, ...config].join('\n')}\n`)
  const running = startServerProcess(findBinary('redis-sentinel') ?? 'redis-sentinel', [path], folder)
  await running.logged(/\+monitor master/, { from: 'start' })
  // What production does each second or ten, within a part of one.
  const pace = ['info-period', 200, 'publish-period', 200, 'ask-period', 100]
  await askAt(port, ['sentinel', 'debug', ...pace])
  return {
    ...{ port, logged: running.logged },
    async [Symbol.asyncDispose]() {
      running.signal('SIGKILL')
      await running.ended
      removeFolder(folder)
    },
  }
}

/** Resolves once a Sentinel has said that it knows so many replicas and other Sentinels. */
async function acquainted({ logged }: { logged: ServerProcess['logged'] }, replicas: number, others: number) {
  const times = (word: string, count: number) =>
    Array.from({ length: count }, (_, at) => logged(new RegExp(`\\+${word} `), { from: 'start', after: at }))
  await Promise.all([...times('slave', replicas), ...times('sentinel', others)])
}
