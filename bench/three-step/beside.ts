import { pathToFileURL } from 'node:url'
import { buildBench } from '../build.ts'
import { inFolder, measureInChild, printMachine } from '../child.ts'
import { installPeer } from '../peer/install.ts'
import type { PeerMeasured, PeerRequest } from '../peer/one.ts'
import { type Postgres, startPostgres } from '../service/postgres.ts'
import { type Redis, startRedis } from '../service/redis.ts'
import { isolate } from './isolate.ts'
import { RIVALS, type Rival } from './rival.ts'

/** What was asked for on the command line. */
export interface BesideOptions {
  readonly quick: boolean
  readonly rounds: number
  /** Keys of rivals, or how they begin; empty means all. */
  readonly only: readonly string[]
}

/** All that was measured of one rival at one concurrency. */
export interface Series {
  readonly rival: Rival
  readonly concurrency: number
  readonly all: readonly PeerMeasured[]
}

/** What came of it: the versions of the servers, the series, and who was left out and why. */
export interface Beside {
  readonly servers: { readonly redis: string; readonly postgres: string }
  readonly series: readonly Series[]
  readonly skipped: readonly { readonly rival: Rival; readonly reason: string }[]
}

const CONCURRENCIES = [1, 64, 256] as const

/**
 * Measures all rivals in one run: in each round one after the other, each at each concurrency in a process of its own, on the same Redis
 * and the same PostgreSQL, emptied before.
 */
export async function measureBeside(options: BesideOptions): Promise<Beside> {
  const { quick, only } = options
  printMachine()
  const wanted = RIVALS.filter(({ key }) => only.length === 0 || only.some((word) => key.startsWith(word)))
  const skipped: { rival: Rival; reason: string }[] = []
  const skip = (rival: Rival, error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    skipped.push({ rival, reason })
    console.error(`\n!!! ${rival.label} (${rival.key}) IS LEFT OUT: ${reason}\n`)
  }
  const installed = wanted.filter((rival) => succeeds(() => rival.peer && installPeer(rival.peer), rival, skip))
  const one = `${buildBench()}peer/one.js`
  return inServers(async (servers) => {
    const found = new Map<string, PeerMeasured[]>()
    for (let round = 0; round < options.rounds; round++) {
      for (const rival of installed.filter((one) => !skipped.some((gone) => gone.rival === one))) {
        try {
          await measureRival(rival, { one, quick, round, ...servers, found })
        } catch (error) {
          skip(rival, error)
        }
      }
    }
    const series = installed.flatMap((rival) =>
      CONCURRENCIES.map((concurrency) => ({ rival, concurrency, all: found.get(`${rival.key} ${concurrency}`) ?? [] })),
    )
    const versions = {
      redis: servers.redis.info('redis_version'),
      postgres: servers.postgres?.version ?? 'not started',
    }
    return { servers: versions, series: series.filter(({ all }) => all.length > 0), skipped }
  })
}

function succeeds(act: () => void, rival: Rival, skip: (rival: Rival, error: unknown) => void): boolean {
  try {
    act()
    return true
  } catch (error) {
    skip(rival, error)
    return false
  }
}

interface Servers {
  readonly redis: Redis
  readonly postgres?: Postgres
}

async function inServers<T>(use: (servers: Servers) => Promise<T>): Promise<T> {
  return inFolder((redisFolder) =>
    inFolder(async (postgresFolder) => {
      await using redis = await startRedis(redisFolder)
      try {
        await using postgres = await startPostgres(postgresFolder)
        return await use({ redis, postgres })
      } catch (error) {
        if (!String(error).includes('PostgreSQL is not installed')) throw error
        return await use({ redis })
      }
    }),
  )
}

interface Round extends Servers {
  /** The built script that measures one. */
  readonly one: string
  readonly quick: boolean
  readonly round: number
  readonly found: Map<string, PeerMeasured[]>
}

async function measureRival(rival: Rival, round: Round): Promise<void> {
  for (const concurrency of CONCURRENCIES) {
    const { runs, warmup } = concurrency === 1 ? rival.pace.one : rival.pace.many
    const share = round.quick ? 0.25 : 1
    const measured = await inFolder(async (folder) => {
      const request: PeerRequest = {
        ...{
          module: locate(rival.module, round.one),
          shape: rival.shape,
          variant: rival.variant ?? '',
          concurrency,
          folder,
        },
        ...{
          fsync: rival.fsync ?? (rival.durability === 'A' ? 'always' : 'everysec'),
          runs: runs * share,
          warmup: warmup * share,
        },
        redis: round.redis.port,
        postgres: await prepare(rival, `${rival.key}_${concurrency}_${round.round}`.replaceAll('-', '_'), round),
      }
      return measureInChild<PeerMeasured>(round.one, [JSON.stringify(request)], rival.isolated ? isolate() : [])
    })
    const key = `${rival.key} ${concurrency}`
    round.found.set(key, [...(round.found.get(key) ?? []), measured])
    console.log(line(rival, measured))
  }
}

// Peers are imported from where they are installed, ours from what was built.
function locate(module: string, one: string): string {
  return new URL(
    module.endsWith('.mjs') ? `../peer/${module}` : `${module}.js`,
    module.endsWith('.mjs') ? import.meta.url : pathToFileURL(one),
  ).href
}

async function prepare(rival: Rival, database: string, { redis, postgres }: Servers): Promise<string> {
  if (rival.on === 'redis') await redis.reset(rival.fsync ?? 'everysec')
  if (rival.on !== 'postgres') return ''
  if (postgres === undefined) throw new Error('PostgreSQL is not installed: it needs Debian\'s package "postgresql"')
  return postgres.create(database)
}

function line({ label, fsync, shape }: Rival, { concurrency, runs, seconds, p50, p99, rss }: PeerMeasured): string {
  const rate = `${(runs / seconds).toFixed(0)} runs/s`
  const latency = concurrency === 1 ? `, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(1)} ms` : ''
  return `${label}${fsync === undefined ? '' : ` (${fsync})`}, ${shape}, ${concurrency} at once: ${rate}${latency}, ${rss.toFixed(0)} MB`
}
