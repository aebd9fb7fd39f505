import type { Fsync } from '../service/redis.ts'

/**
 * One thing that is measured beside others.
 *
 * Durability classes. A: fsync before a step is acknowledged. B: acknowledged before the fsync; a killed process loses nothing, a lost
 * machine about a second.
 */
export interface Rival {
  readonly key: string
  readonly label: string
  /** Its module, as seen from `bench/peer`; one of ours has no extension, since it is built first. */
  readonly module: string
  /** The folder of `bench/peer` that it is installed from. */
  readonly peer?: string
  readonly variant?: string
  readonly on: 'redis' | 'postgres' | 'own'
  readonly fsync?: Fsync
  readonly durability: 'A' | 'B'
  /** `queue`: runs are queued and executed as workers come to them; `call`: each is asked for and waited for, so many at a time. */
  readonly shape: 'queue' | 'call'
  readonly pace: Pace
  /** Keeps what it records in a file of its own process, with no server: what is alike of ours is the embedded store. */
  readonly embedded?: true
  /** Listens on every address, so it gets a network namespace with loopback alone. */
  readonly isolated?: boolean
}

/** How much is measured of it. */
export interface Pace {
  readonly one: { readonly runs: number; readonly warmup: number }
  readonly many: { readonly runs: number; readonly warmup: number }
}

const FAST: Pace = { one: { runs: 1000, warmup: 300 }, many: { runs: 10_000, warmup: 3000 } }
const SLOW: Pace = { one: { runs: 200, warmup: 40 }, many: { runs: 1000, warmup: 200 } }
const SLOWEST: Pace = { one: { runs: 60, warmup: 10 }, many: { runs: 150, warmup: 50 } }

const POSTGRES = { on: 'postgres', durability: 'A', shape: 'call', pace: SLOW } as const
const OWN = { on: 'own', shape: 'call', pace: SLOW } as const

/** All of them, in the order of a round. */
export const RIVALS: readonly Rival[] = [
  ...onRedis('everysec', 'B'),
  ...onRedis('always', 'A'),
  embedded('everysec', 'B'),
  embedded('always', 'A'),
  {
    ...OWN,
    embedded: true,
    key: 'langgraph-sqlite',
    label: 'LangGraph.js, SqliteSaver',
    ...peer('langgraph', 'sqlite'),
    durability: 'B',
  },
  {
    ...{ ...OWN, embedded: true, key: 'mastra-libsql', label: 'Mastra workflows, libsql' },
    ...{ ...peer('mastra', 'libsql'), durability: 'B' },
  },
  { ...POSTGRES, key: 'dbos', label: 'DBOS, PostgreSQL', ...peer('dbos') },
  { ...OWN, key: 'restate', label: 'Restate', ...peer('restate'), durability: 'A', isolated: true },
  { ...POSTGRES, key: 'langgraph-pg', label: 'LangGraph.js, PostgresSaver', ...peer('langgraph', 'pg') },
  { ...POSTGRES, key: 'mastra-pg', label: 'Mastra workflows, PostgreSQL', ...peer('mastra', 'pg') },
  {
    ...POSTGRES,
    key: 'vercel',
    label: 'Vercel Workflow, PostgreSQL',
    ...peer('vercel'),
    shape: 'queue',
    pace: SLOWEST,
  },
]

function onRedis(fsync: Fsync, durability: 'A' | 'B'): Rival[] {
  const common = { on: 'redis', fsync, durability, pace: FAST } as const
  const ours = { ...common, label: 'agentpolis', module: '../three-step/on-store' } as const
  return [
    { ...common, key: `bare-${fsync}`, label: 'bare Lua script', module: '../three-step/bare-redis', shape: 'call' },
    { ...ours, key: `ours-${fsync}`, shape: 'queue' },
    { ...ours, key: `ours-call-${fsync}`, shape: 'call' },
    { ...common, key: `bullmq-${fsync}`, label: 'BullMQ + journal by hand', ...peer('bullmq'), shape: 'queue' },
    { ...common, key: `bullmq-call-${fsync}`, label: 'BullMQ + journal by hand', ...peer('bullmq'), shape: 'call' },
  ]
}

function embedded(fsync: Fsync, durability: 'A' | 'B'): Rival {
  const label = `agentpolis, embedded store (SQLite ${fsync === 'always' ? 'FULL' : 'NORMAL'})`
  const module = '../three-step/on-store'
  const about = { module, variant: 'sqlite', on: 'own', shape: 'call', pace: FAST, embedded: true } as const
  return { ...about, key: `ours-embedded-${fsync}`, label, durability }
}

function peer(name: string, variant?: string): Pick<Rival, 'peer' | 'module' | 'variant'> {
  return { peer: name, module: `./${name}/three-step.mjs`, ...(variant === undefined ? {} : { variant }) }
}
