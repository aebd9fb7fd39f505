/**
 * Claims over several shards.
 *
 * Role: chooses from the queues of all shards as one store would, then takes from each. Boundary: what was taken meanwhile is left out.
 * Invariants:
 * 1. A worker executes at most as many runs of a limited agent or tenant as it has permits; permits together are never over the limit.
 * 2. Permits are counted before and after a claim, of which a worker has one at a time.
 */
import type { RunRecord } from '../../../core/run.ts'
import type { ClaimOutcome, ClaimRequest, CoordinationPort } from '../../coordination.ts'
import { type Candidate, type FairLimits, pickFair } from '../../fair.ts'
import type { Answer } from '../answer.ts'
import { type Operation, plainOperation, readAll } from '../operation.ts'
import { idOf, readRecord, splitId } from '../record.ts'
import type { Router } from './journal.ts'
import { countHeld, giveBack, takePermits } from './permit.ts'
import { ofAll, type ShardStore } from './shard-store.ts'

/** Makes the claims of one process. */
export function createClaims(router: Router): CoordinationPort['claim'] {
  const last = new Map<string, Promise<unknown>>()
  const permits: Permits = new Map()
  return (request) => {
    const before = last.get(request.worker) ?? Promise.resolve()
    const next = before.then(
      () => claim(router, permits, request),
      () => claim(router, permits, request),
    )
    last.set(request.worker, next)
    const forget = () => {
      if (last.get(request.worker) === next) last.delete(request.worker)
    }
    next.then(forget, forget)
    return next
  }
}

/** Of which tenants a worker may have permits: what it uses no more is given back with its next claim, whoever that claim is about. */
type Permits = Map<string, readonly string[]>

// What others took meanwhile is made up for by another look.
async function claim(router: Router, permits: Permits, request: ClaimRequest): Promise<ClaimOutcome> {
  let { missed, ...all } = await claimOnce(router, permits, request)
  while (missed > 0) {
    const again = await claimOnce(router, permits, { ...request, slots: missed })
    all = {
      ...all,
      ...again,
      runs: [...all.runs, ...again.runs],
      ...(all.held === undefined ? {} : { held: all.held }),
    }
    missed = again.runs.length === 0 ? 0 : again.missed
  }
  return all
}

async function claimOnce(
  router: Router,
  permits: Permits,
  request: ClaimRequest,
): Promise<ClaimOutcome & { readonly missed: number }> {
  const { shards, locator } = router
  const { worker, slots, limits, recall } = request
  const looks = await ofAll(shards, async ({ shard }) => ({ shard, ...(await shard.write(lookOperation(request))) }))
  const candidates = looks
    .flatMap(({ shard, found }) => found.map((each) => ({ ...each, shard })))
    .sort((a, b) => (a.run < b.run ? -1 : 1))
  const counts = looks.flatMap((look) => look.counts)
  const isLimited = limits.perTenant !== undefined || Object.keys(limits.perAgent).length > 0
  const permitted = isLimited && candidates.length > 0 ? await takeAll(router, request, candidates, counts) : limits
  const running = counts.flatMap(({ count, ...each }) => Array.from({ length: count }, () => each))
  // One more than there is room for, to see whether there is more.
  const picked = pickFair(candidates, running, permitted, slots + 1)
  const runs = await takeFrom(picked.slice(0, slots), request)
  for (const { record, shard } of runs) locator.saw(record.tenant, record.run, shard)
  for (const { shard, held } of looks) for (const { tenant, run } of held) locator.saw(tenant, run, shard.number)
  if (isLimited) {
    const tenants = [...new Set([...tenantsOf(candidates), ...(permits.get(worker) ?? [])])]
    permits.set(worker, tenants)
    const left = await giveBack(shards, worker, limits, tenants)
    if (left.length > 0) permits.set(worker, left)
    else permits.delete(worker)
  }
  const nextAt = Math.min(...looks.map((look) => look.nextAt ?? Number.POSITIVE_INFINITY))
  return {
    runs: runs.map(({ record }) => record),
    ...(recall === true ? { held: looks.flatMap(({ held }) => held) } : undefined),
    ...(nextAt === Number.POSITIVE_INFINITY ? undefined : { nextAt }),
    more: picked.length > slots,
    missed: Math.min(picked.length, slots) - runs.length,
  }
}

interface Found extends Candidate {
  readonly run: string
}

type Count = Pick<Candidate, 'tenant' | 'agent'> & { readonly count: number }

interface Look {
  readonly found: readonly Found[]
  readonly counts: readonly Count[]
  readonly held: readonly RunRecord[]
  readonly nextAt: number | undefined
}

function lookOperation({ worker, now, slots, releases, any = false, recall = false }: ClaimRequest): Operation<Look> {
  return plainOperation(['claim-look', worker, now, slots, releases, any, recall], (answer) => {
    answer.array()
    const found = readAll(answer, readFound)
    const counts = readAll(answer, readCount)
    const isTold = answer.kind() === 'array'
    const held = isTold ? readAll(answer, readRecord) : []
    if (!isTold) answer.skip()
    return { found, counts, held, nextAt: answer.maybeNumber() }
  })
}

// Its score puts priority before time, so that it stands for both.
function readFound(answer: Answer): Found {
  answer.array()
  return { ...splitId(answer.text()), agent: answer.text(), priority: 0, queuedAt: answer.number() }
}

function readCount(answer: Answer): Count {
  answer.array()
  return { tenant: answer.text(), agent: answer.text(), count: answer.number() }
}

// The limits of this claim: what runs, and as many more as the worker got permits for.
async function takeAll(
  { shards }: Router,
  { worker, slots, limits }: ClaimRequest,
  candidates: readonly Found[],
  counts: readonly Count[],
): Promise<FairLimits> {
  const held = await countHeld(shards, worker)
  const runningOf = (kind: 'agent' | 'tenant', name: string) =>
    counts.reduce((sum, each) => (each[kind] === name ? sum + each.count : sum), 0)
  const agents = await takePermits(shards, 'agent', worker, Object.entries(limits.perAgent), held.agents, slots)
  const perAgent = Object.fromEntries(
    [...agents].map(([name, more]) => [name, Math.min(limits.perAgent[name] ?? 0, runningOf('agent', name) + more)]),
  )
  if (limits.perTenant === undefined) return { perAgent }
  const { perTenant } = limits
  const wanted = tenantsOf(candidates).map((name) => [name, perTenant] as const)
  const tenants = await takePermits(shards, 'tenant', worker, wanted, held.tenants, slots)
  return {
    perAgent,
    perTenant: new Map(
      [...tenants].map(([name, more]) => [name, Math.min(perTenant, runningOf('tenant', name) + more)]),
    ),
  }
}

function tenantsOf(candidates: readonly Found[]): readonly string[] {
  return [...new Set(candidates.map(({ tenant }) => tenant))]
}

async function takeFrom(
  picked: readonly (Found & { readonly shard: ShardStore['shard'] })[],
  { worker, now }: ClaimRequest,
): Promise<readonly { readonly record: RunRecord; readonly shard: number }[]> {
  const byShard = [...Map.groupBy(picked, ({ shard }) => shard)]
  const taken = await Promise.all(
    byShard.map(async ([shard, some]) => {
      const ids = some.map(({ tenant, run }) => idOf(tenant, run))
      const records = await shard.write(
        plainOperation(['claim-take', worker, now, ids], (answer) => readAll(answer, readRecord)),
      )
      return records.map((record) => ({ record, shard: shard.number }))
    }),
  )
  const got = new Map(taken.flat().map((each) => [idOf(each.record.tenant, each.record.run), each]))
  return picked.flatMap(({ tenant, run }) => got.get(idOf(tenant, run)) ?? [])
}
