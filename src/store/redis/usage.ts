import { RUN_STATUSES, type RunStatus } from '../../core/run.ts'
import { type PartUsage, type StorePart, type StoreUsage, sumParts } from '../usage.ts'
import type { Answer } from './answer.ts'
import { plainOperation, readAll } from './operation.ts'
import type { Shard } from './shard.ts'

/** So many keys are looked at: of more, those are the sample, in the random order of Redis' own table. */
const SAMPLE = 100_000

/** Which part a key belongs to, by what its name begins with; all else is `other`. */
const PARTS: Readonly<Record<string, StorePart>> = {
  r: 'runs',
  j: 'journals',
  ...{ i: 'inboxes', d: 'inboxes', q: 'inboxes' },
  ...{ s: 'sessions', sw: 'sessions', st: 'sessions' },
  k: 'keys',
  ...{ B: 'blobs', Bd: 'blobs', o: 'blobs' },
  ...{ b: 'ledger', c: 'ledger', g: 'ledger', u: 'ledger', e: 'ledger' },
  ...{ x: 'indexes', y: 'indexes', z: 'indexes', zx: 'indexes', gl: 'indexes', kx: 'indexes', Bx: 'indexes' },
  ...{ end: 'indexes', wake: 'indexes', Q: 'indexes', n: 'indexes', nr: 'indexes', wl: 'indexes', wh: 'indexes' },
}

/** What is counted of a part: items in these keys, or these keys themselves. Of others it is every key. */
const ITEMS: ReadonlySet<string> = new Set(['j', 'i', 'q', 'c'])
const KEYS: ReadonlySet<string> = new Set(['r', 's', 'k', 'B'])

/** What several shards take together. They may lie in one memory, so that what is used is that of the fullest. */
export function addUsage(usages: readonly StoreUsage[]): StoreUsage {
  const [first] = usages
  const parts = usages.flatMap((usage) => usage.parts)
  const runs = usages.flatMap((usage) => usage.runs)
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0)
  return {
    ...(first ?? { kind: 'memory' }),
    parts: [...Map.groupBy(parts, ({ part }) => part)].map(([part, some]) => ({
      part,
      count: sum(some.map(({ count }) => count)),
      bytes: sum(some.map(({ bytes }) => bytes)),
    })),
    runs: [...Map.groupBy(runs, ({ status }) => status)].map(([status, some]) => ({
      status,
      count: sum(some.map(({ count }) => count)),
    })),
    used: Math.max(...usages.map(({ used }) => used)),
    estimated: usages.some(({ estimated }) => estimated),
  }
}

interface Kind {
  readonly kind: string
  readonly keys: number
  readonly items: number
  readonly bytes: number
  readonly large: number
}

/** What a shard takes: memory as Redis counts it, all of it or projected from a sample of keys. */
export async function readUsage({ read }: Shard): Promise<StoreUsage> {
  const kinds: Kind[] = []
  const statuses = new Map<RunStatus, number>()
  let [cursor, seen, all] = ['0', 0, 0]
  do {
    const step = await read(plainOperation(['usage', cursor], readStep))
    kinds.push(...step.kinds)
    for (const [status, count] of step.statuses) statuses.set(status, (statuses.get(status) ?? 0) + count)
    ;[cursor, seen, all] = [step.cursor, seen + step.seen, step.all]
  } while (cursor !== '0' && seen < SAMPLE)
  const scale = cursor === '0' || seen === 0 ? 1 : Math.max(1, all / seen)
  const [used, most] = await read(plainOperation(['memory'], readMemory))
  return {
    parts: sumParts(kinds.map((kind) => partOf(kind, scale))),
    runs: [...statuses].map(([status, count]) => ({ status, count })),
    ...{ kind: 'memory', used, ...(most === 0 ? {} : { most }), estimated: true },
  }
}

// What is large is not one of many like it.
function partOf({ kind, keys, items, bytes, large }: Kind, scale: number): PartUsage {
  const part = PARTS[kind] ?? 'other'
  const counted = ITEMS.has(kind) ? items : KEYS.has(kind) || part === 'indexes' || part === 'other' ? keys : 0
  return { part, count: Math.round(counted * scale), bytes: Math.round((bytes - large) * scale + large) }
}

function readStep(answer: Answer) {
  answer.array()
  return {
    cursor: answer.text(),
    seen: answer.number(),
    all: answer.number(),
    kinds: readAll(answer, readKind),
    statuses: readAll(answer, readStatus).filter(isStatus),
  }
}

function readKind(answer: Answer): Kind {
  answer.array()
  const kind = answer.text()
  const [keys, items, bytes, large] = [answer.number(), answer.number(), answer.number(), answer.number()]
  return { kind, keys, items, bytes, large }
}

function readStatus(answer: Answer): readonly [string, number] {
  answer.array()
  return [answer.text(), answer.number()]
}

function isStatus(row: readonly [string, number]): row is readonly [RunStatus, number] {
  return RUN_STATUSES.some((status) => status === row[0])
}

function readMemory(answer: Answer): readonly [used: number, most: number] {
  answer.array()
  return [answer.number(), answer.number()]
}
