import type { BudgetRecord, CostRow } from '../../../core/budget.ts'
import { addCosts, compareCosts, NO_COST } from '../../cost.ts'
import type { EndedRun, ExpireRequest, IndexPort } from '../../index-port.ts'
import { oldestFirst } from '../../page.ts'
import { expireBlobs, tellFreed } from './blob.ts'
import { expireSlices, gather } from './budget.ts'
import type { Router } from './journal.ts'
import { expireKeys } from './key.ts'
import { mergePages } from './merge.ts'
import { emptyOutbox } from './outbox.ts'
import { ofAll, type Shards, shardAt, shardOf } from './shard-store.ts'

/** The index port over all shards: what one run or session is about goes to its shard, lists come from all. */
export function createIndex(router: Router): IndexPort {
  return { ...readsOf(router), ...sessionsOf(router), ...moneyOf(router), ...removalOf(router) }
}

function readsOf({ shards, locator }: Router) {
  return {
    get: async (tenant, run) => (await locator.find(tenant, run)).index.get(tenant, run),
    list: (tenant, filter, page) =>
      mergePages(
        shards,
        page,
        ({ createdAt, run }) => [createdAt, run],
        ({ index }, each) => index.list(tenant, filter, each),
      ),
    counts: async () =>
      sum(await ofAll(shards, ({ index }) => index.counts()), ({ status, agent }) => `${status} ${agent}`),
    releases: async () =>
      sum(await ofAll(shards, ({ index }) => index.releases()), ({ agent, release }) => `${agent}:${release}`),
    question: async (tenant, run, id) => (await locator.find(tenant, run)).index.question(tenant, run, id),
    questions: (tenant, filter, page) =>
      mergePages(
        shards,
        page,
        ({ askedAt, run, id }) => [askedAt, run, id],
        ({ index }, each) => index.questions(tenant, filter, each),
      ),
    ended: (before, page) =>
      mergePages<EndedRun>(
        shards,
        page,
        ({ record }) => [record.endedAt ?? 0, record.tenant, record.run],
        ({ index }, each) => index.ended(before, each),
        oldestFirst,
      ),
  } satisfies Partial<IndexPort>
}

// One row for each name, with the counts of all shards.
function sum<Row extends { readonly count: number }>(
  rows: readonly (readonly Row[])[],
  nameOf: (row: Row) => string,
): readonly Row[] {
  const sums = new Map<string, Row>()
  for (const row of rows.flat()) {
    const name = nameOf(row)
    sums.set(name, { ...row, count: row.count + (sums.get(name)?.count ?? 0) })
  }
  return [...sums.values()]
}

function sessionsOf({ shards }: Router) {
  const of = (tenant: string, session: string) => shardAt(shards, shardOf(shards, 'session', tenant, session)).index
  return {
    session: (tenant, session) => of(tenant, session).session(tenant, session),
    sessions: (tenant, filter, page) =>
      mergePages(
        shards,
        page,
        ({ createdAt, session }) => [createdAt, session],
        ({ index }, each) => index.sessions(tenant, filter, each),
      ),
    turns: (tenant, session, from, limit) => of(tenant, session).turns(tenant, session, from, limit),
    createSession: (given) => of(given.tenant, given.session).createSession(given),
    changeSession: (tenant, session, change) => of(tenant, session).changeSession(tenant, session, change),
    removeSession: (tenant, session) => of(tenant, session).removeSession(tenant, session),
  } satisfies Partial<IndexPort>
}

function moneyOf({ shards }: Router) {
  return {
    budgets: async (tenant, filter, page) => {
      const merged = await mergePages<BudgetRecord & { readonly home: string }>(
        shards,
        page,
        ({ createdAt, key, home }) => [createdAt, key, home],
        async (shard, each) => {
          const found = await shard.index.budgets(tenant, filter, each)
          return { ...found, items: found.items.map((budget) => ({ ...budget, home: String(shard.shard.number) })) }
        },
      )
      const items = merged.items.map(({ home, ...budget }) => gather(shards, shardAt(shards, Number(home)), budget))
      return { ...merged, items: (await Promise.all(items)).filter((budget) => budget !== undefined) }
    },
    costs: async (tenant, query) => {
      const all = await ofAll(shards, ({ index }) => index.costs(tenant, { ...query, limit: Number.MAX_SAFE_INTEGER }))
      const sums = new Map<string | undefined, CostRow>()
      for (const row of all.flat()) sums.set(row.group, { ...row, ...addCosts(sums.get(row.group) ?? NO_COST, row) })
      return [...sums.values()].sort(compareCosts(query.by)).slice(0, query.limit)
    },
    runCost: async (tenant, run) => {
      const rows = await ofAll(shards, ({ index }) => index.runCost(tenant, run))
      return rows.reduce((sum, row) => addCosts(sum, row), NO_COST)
    },
  } satisfies Partial<IndexPort>
}

function removalOf({ shards, locator }: Router) {
  return {
    remove: async (tenant, run, sequence) => {
      const shard = await locator.find(tenant, run)
      const isGone = await shard.index.remove(tenant, run, sequence)
      if (isGone) locator.forget(tenant, run)
      return isGone
    },
    removeSessionRuns: (tenant, session, limit) =>
      shardAt(shards, shardOf(shards, 'session', tenant, session)).index.removeSessionRuns(tenant, session, limit),
    expire: async (request) => {
      const { now, chargedBefore } = request
      for (const shard of shards) await emptyOutbox(shards, shard)
      if (chargedBefore !== undefined) await expireSlices(shards, chargedBefore)
      const removed = await expireAll(shards, request)
      for (const shard of shards) {
        await expireKeys(shards, shard, now)
        await tellFreed(shards, shard)
      }
      for (const shard of shards) await expireBlobs(shards, shard, now)
      await locator.expire(now)
      return removed
    },
  } satisfies Partial<IndexPort>
}

async function expireAll(shards: Shards, request: ExpireRequest): Promise<number> {
  let removed = 0
  // What is not counted goes in every shard, however many runs went in those before.
  for (const { index } of shards) {
    removed += await index.expire({ ...request, limit: Math.max(0, request.limit - removed) })
  }
  return removed
}
