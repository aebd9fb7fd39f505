import type { ClaimLimits } from '../../coordination.ts'
import type { Answer } from '../answer.ts'
import { plainOperation, readAll, readNothing } from '../operation.ts'
import { ofAll, type Shards, shardAt, shardOf } from './shard-store.ts'

/** Counts by name. */
export type Counts = Map<string, number>

type Kind = 'agent' | 'tenant'

/** Takes permits for up to so many more runs of each name, and one to see whether there is more; answers how many more it may take. */
export async function takePermits(
  shards: Shards,
  kind: Kind,
  worker: string,
  limits: readonly (readonly [name: string, limit: number])[],
  held: Counts,
  slots: number,
): Promise<Counts> {
  const more = limits.map(async ([name, limit]): Promise<[string, number]> => {
    const has = held.get(name) ?? 0
    return [name, Math.max(0, (await permit(shards, kind, name, worker, has + slots + 1, limit)) - has)]
  })
  return new Map(await Promise.all(more))
}

/** Keeps of a worker's permits those that it uses; answers of which tenants it still has some. */
export async function giveBack(
  shards: Shards,
  worker: string,
  { perAgent, perTenant }: ClaimLimits,
  tenants: readonly string[],
): Promise<readonly string[]> {
  const held = await countHeld(shards, worker)
  const keep = (kind: Kind, name: string, limit: number, counts: Counts) =>
    permit(shards, kind, name, worker, counts.get(name) ?? 0, limit)
  await Promise.all([
    ...Object.entries(perAgent).map(([name, limit]) => keep('agent', name, limit, held.agents)),
    ...(perTenant === undefined ? [] : tenants.map((name) => keep('tenant', name, perTenant, held.tenants))),
  ])
  return tenants.filter((name) => (held.tenants.get(name) ?? 0) > 0)
}

/** Drops the permits of workers that no shard knows any more: nothing is theirs. */
export async function dropPermits(shards: Shards): Promise<void> {
  const alive = await ofAll(shards, ({ coordination }) => coordination.workers())
  const workers = [...new Set(alive.flat().map(({ worker }) => worker))]
  await ofAll(shards, ({ shard }) => shard.write(plainOperation(['permits-of', workers], readNothing)))
}

/** How many runs a worker executes, by agent and by tenant. */
export async function countHeld(shards: Shards, worker: string): Promise<Record<'agents' | 'tenants', Counts>> {
  const all = await ofAll(shards, ({ shard }) => shard.read(plainOperation(['held', worker], readHeld)))
  const sums = { agents: new Map<string, number>(), tenants: new Map<string, number>() }
  for (const found of all) {
    for (const [name, count] of found.agents) add(sums.agents, name, count)
    for (const [name, count] of found.tenants) add(sums.tenants, name, count)
  }
  return sums
}

function permit(shards: Shards, kind: Kind, name: string, worker: string, wanted: number, limit: number) {
  const { shard } = shardAt(shards, shardOf(shards, 'permit', kind, name))
  return shard.write(plainOperation(['permit', `${kind}:${name}`, worker, wanted, limit], (answer) => answer.number()))
}

function readHeld(answer: Answer) {
  answer.array()
  const counts = () =>
    readAll(answer, (item): [string, number] => {
      item.array()
      return [item.text(), item.number()]
    })
  return { agents: counts(), tenants: counts() }
}

function add(counts: Counts, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by)
}
