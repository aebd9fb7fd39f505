import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type BenchPolis, startPolis } from '../polis.ts'
import { type Redis, startRedis } from '../service/redis.ts'
import { AGENTS } from './agents.ts'

/** Seconds; small, so that a dead worker is noticed soon. */
const HEARTBEAT = '2'
const SERVERS = 3

/** The servers under load and one Redis. The first server is never killed: its memory is watched. */
export interface Fleet extends AsyncDisposable {
  readonly redis: Redis
  readonly steady: BenchPolis
  /** Those that answer now. */
  servers(): readonly BenchPolis[]
  readonly faults: readonly Fault[]
}

/** Something bad that is done to the fleet. */
export interface Fault {
  readonly name: string
  act(): Promise<void>
}

/** Starts Redis and the servers, each with a project of its own; `log` takes the effects of their steps. */
export async function startFleet(folder: string, built: string, log: string): Promise<Fleet> {
  const redis = await startRedis(folder)
  // Under everysec Redis may lose two seconds when it is killed.
  await redis.reset('always')
  const env = {
    ...{ POLIS_STORE_ADAPTER: 'redis', POLIS_REDIS_HOST: '127.0.0.1', POLIS_REDIS_PORT: String(redis.port) },
    ...{
      POLIS_AGENT_HEARTBEAT_INTERVAL: HEARTBEAT,
      POLIS_LOG_LEVEL: 'silent',
      POLIS_STORE_DURABILITY: 'disk',
      SOAK_LOG: log,
    },
  }
  const folders: string[] = []
  const start = async () => {
    const own = await mkdtemp(join(tmpdir(), 'polis-soak-'))
    folders.push(own)
    return startPolis({ folder: own, built, files: AGENTS, env })
  }
  const live = await Promise.all(Array.from({ length: SERVERS }, start))
  const [steady] = live
  if (steady === undefined) throw new Error('no server was started')
  return {
    ...{ redis, steady, servers: () => live, faults: faultsOf(redis, live, start) },
    async [Symbol.asyncDispose]() {
      for (const polis of live) await polis[Symbol.asyncDispose]()
      await redis[Symbol.asyncDispose]()
      for (const own of folders) rmSync(own, { recursive: true, force: true })
    },
  }
}

function faultsOf(redis: Redis, live: BenchPolis[], start: () => Promise<BenchPolis>): Fault[] {
  const replace = async (end: (polis: BenchPolis) => Promise<void>) => {
    // The oldest but the steady one.
    const [victim] = live.splice(1, 1)
    if (victim === undefined) return
    await end(victim)
    live.push(await start())
  }
  return [
    { name: 'kill -9 of a server', act: () => replace((victim) => victim.end('SIGKILL')) },
    { name: 'kill -9 of Redis', act: () => redis.restart('SIGKILL') },
    { name: 'drain of a server', act: () => replace((victim) => victim.end('SIGTERM')) },
    { name: 'restart of Redis', act: () => redis.restart('SIGTERM') },
    {
      name: 'pause of a server past its lease',
      async act() {
        const victim = live.at(-1)
        if (victim === undefined) return
        process.kill(victim.pid, 'SIGSTOP')
        await delay(Number(HEARTBEAT) * 2500)
        process.kill(victim.pid, 'SIGCONT')
      },
    },
  ]
}
