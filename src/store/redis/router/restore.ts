/**
 * Filling several shards.
 *
 * Role: takes each row of an export to the shard where it belongs. Boundary: a shard puts its rows by itself.
 * Invariants:
 * 1. The first shard says how far an import is, and is told last: what it says is put in all.
 * 2. A journal comes before anyone can know where its run lives: it is put at the run's home, and taken on from there.
 * 3. All of it may be done again from any point.
 */

import { MOST_COUNTED } from '../../../core/budget.ts'
import type { Submit } from '../../journal.ts'
import type { TransferPort } from '../../transfer.ts'
import type { BudgetRow, EntriesRow, Row, RunRow } from '../../transfer-row.ts'
import { plainOperation } from '../operation.ts'
import { type Booked, restoreOperation } from '../restore.ts'
import { homeOf } from './budget.ts'
import type { Router } from './journal.ts'
import { takeKey } from './key.ts'
import { ofAll, type ShardStore, shardAt, shardOf } from './shard-store.ts'

/** Entries of a journal that are taken on at once. */
const ENTRIES = 64

/** The part of the transfer port that fills a store. */
export function createRestore(router: Router): Pick<TransferPort, 'begin' | 'restore' | 'finish'> {
  const { shards } = router
  return {
    begin: async (source) => {
      const [progress = 0] = await ofAll(shards, ({ transfer }) => transfer.begin(source))
      return progress
    },
    restore: async (rows, progress) => {
      for (const some of inTurn(rows)) await putRows(router, some, progress)
      await shardAt(shards, 0).transfer.restore([], progress)
    },
    finish: async () => {
      for (const { transfer } of shards.toReversed()) await transfer.finish()
    },
  }
}

// A run may come again, as it was later: its journal then must not be put before it is.
function inTurn(rows: readonly Row[]): readonly (readonly Row[])[] {
  const turns: Row[][] = [[]]
  let seen = new Set<string>()
  for (const row of rows) {
    if (row.kind === 'entries' && seen.has(`${row.tenant}:${row.run}`)) {
      turns.push([])
      seen = new Set()
    }
    if (row.kind === 'run') seen.add(`${row.record.tenant}:${row.record.run}`)
    turns.at(-1)?.push(row)
  }
  return turns
}

async function putRows(router: Router, rows: readonly Row[], progress: number): Promise<void> {
  await putEntries(router, rows, progress)
  const runs = rows.filter((row) => row.kind === 'run')
  const [below, others] = [true, false].map((is) => runs.filter(({ record }) => (record.parent !== undefined) === is))
  await Promise.all((others ?? []).map((row) => putRun(router, row, progress)))
  // Where their parents are.
  for (const row of below ?? []) await putRun(router, row, progress)
  await putOthers(router, rows, progress)
}

function stageOf({ shards }: Router, { tenant, run }: Pick<EntriesRow, 'tenant' | 'run'>): ShardStore {
  return shardAt(shards, shardOf(shards, 'run', tenant, run))
}

// Not of runs that are there: they may live elsewhere, where nobody sees that what comes again is nothing new.
async function putEntries(router: Router, rows: readonly Row[], progress: number): Promise<void> {
  const entries = rows.filter((row) => row.kind === 'entries')
  const names = [...new Map(entries.map((row) => [`${row.tenant}:${row.run}`, row])).values()]
  const there = new Set<string>()
  for (const { tenant, run } of names) if (await isThere(router, tenant, run)) there.add(`${tenant}:${run}`)
  const wanted = entries.filter(({ tenant, run }) => !there.has(`${tenant}:${run}`))
  await putByShard(wanted, progress, (row) => stageOf(router, row))
}

async function isThere({ locator }: Router, tenant: string, run: string): Promise<boolean> {
  const { index } = await locator.find(tenant, run)
  return (await index.get(tenant, run)) !== undefined
}

async function putRun(router: Router, row: RunRow, progress: number): Promise<void> {
  const { shards, locator, now } = router
  const { record, key } = row
  const { tenant, run } = record
  if (await isThere(router, tenant, run)) return
  const submit: Submit = { record, entries: [], ...(key === undefined ? {} : { key }) }
  const place = await locator.placeOf(submit)
  await takeKey(shards, submit, place, now())
  await locator.point(submit, place)
  const [stage, there] = [stageOf(router, record), shardAt(shards, place)]
  if (stage !== there) await takeOn(stage, there, row, progress)
  const { kept, booked } = bookElsewhere(router, row, place)
  const operation = restoreOperation(kept, booked)
  if (operation !== undefined) await there.shard.write(operation)
  locator.saw(tenant, run, place)
  if (stage !== there) await stage.transfer.restore([{ kind: 'entries', tenant, run, entries: [] }], progress)
}

// A reservation on a budget that lives elsewhere would need a slice of it, before that budget is there: it is booked instead.
function bookElsewhere({ shards }: Router, row: RunRow, place: number) {
  const { tenant } = row.record
  const isNear = ({ keys }: RunRow['reservations'][number]) =>
    keys.every((key) => homeOf(shards, { tenant, key }, place) === place)
  const far = row.reservations.filter((reservation) => !isNear(reservation))
  const booked = far.flatMap(({ keys, amounts }) =>
    keys.map((key): Booked => ({ key, tokens: amounts.tokens, nanos: amounts.nanos ?? 0 })),
  )
  const charges = [...row.charges, ...far.map(({ charge }) => charge)]
  return { kept: { ...row, reservations: row.reservations.filter(isNear), charges }, booked }
}

// With what was booked of it as runs were restored: reservations are settled then.
async function settled({ shards }: Router, row: BudgetRow): Promise<BudgetRow> {
  const ask = plainOperation(['booked', row.tenant, row.key], (answer) => {
    answer.array()
    return { tokens: answer.number(), nanos: answer.number() }
  })
  const all = await ofAll(shards, ({ shard }) => shard.read(ask))
  const sum = (unit: 'tokens' | 'nanos') =>
    Math.min(
      MOST_COUNTED,
      all.reduce((total, booked) => total + booked[unit], row.settled[unit]),
    )
  return { ...row, settled: { tokens: sum('tokens'), nanos: sum('nanos') } }
}

async function takeOn(from: ShardStore, to: ShardStore, { record }: RunRow, progress: number): Promise<void> {
  const { tenant, run, sequence } = record
  for (let after = 0; after < sequence; ) {
    const entries = await from.journal.read(tenant, run, after, Math.min(ENTRIES, sequence - after))
    if (entries.length === 0) return
    await to.transfer.restore([{ kind: 'entries', tenant, run, entries }], progress)
    after += entries.length
  }
}

async function putOthers(router: Router, rows: readonly Row[], progress: number): Promise<void> {
  const { shards } = router
  for (const row of rows) {
    if (row.kind === 'budget')
      await (await homeOfBudget(router, row)).transfer.restore([await settled(router, row)], progress)
    else if (row.kind === 'raise') await ofAll(shards, ({ transfer }) => transfer.restore([row], progress))
    else if (row.kind === 'key') {
      const { tenant, agent, key, run, inputHash } = row
      const place = shardOf(shards, 'key', tenant, agent, key)
      await takeKey(shards, { record: run, entries: [], key: { key, inputHash } }, place, router.now())
      await shardAt(shards, place).transfer.restore([row], progress)
    }
  }
  await putByShard(
    rows.filter((row) => homeNumber(router, row) !== undefined),
    progress,
    (row) => shardAt(shards, homeNumber(router, row) ?? 0),
  )
}

async function homeOfBudget({ shards, locator }: Router, row: BudgetRow): Promise<ShardStore> {
  if (row.key.startsWith('run/')) return locator.find(row.tenant, row.key.slice('run/'.length))
  return shardAt(shards, homeOf(shards, row, 0))
}

// The shard of what lives by its own name.
function homeNumber({ shards }: Router, row: Row): number | undefined {
  if (row.kind === 'session') return shardOf(shards, 'session', row.tenant, row.session)
  if (row.kind === 'charge') return shardOf(shards, 'run', row.tenant, row.charge.run)
  if (row.kind === 'schedule') return shardOf(shards, 'schedule', row.schedule.tenant, row.schedule.name)
  return undefined
}

async function putByShard<T extends Row>(
  rows: readonly T[],
  progress: number,
  placeOf: (row: T) => ShardStore,
): Promise<void> {
  const groups = Map.groupBy(rows, placeOf)
  await Promise.all([...groups].map(([{ transfer }, some]) => transfer.restore(some, progress)))
}
