/**
 * Budgets over shards (G8).
 *
 * Role: gets slices of budgets that live elsewhere for the shard of a commit, and gathers what budgets stand at. Boundary: the commit
 * itself checks and reserves, on what its own shard has.
 * Invariants:
 * 1. What shards were granted and did not give back or settle counts as reserved in the budget's home: settled and reserved together
 *    are never over the limit, whatever is lost between two calls.
 * 2. A budget is called exhausted only once every shard has given back what no reservation of it needs.
 */
import type { BudgetLimits, BudgetRecord, Overrun, Reservation } from '../../../core/budget.ts'
import type { Answer } from '../answer.ts'
import { plainOperation, readAll } from '../operation.ts'
import { splitId } from '../record.ts'
import { ofAll, type ShardStore, type Shards, shardAt, shardOf } from './shard-store.ts'

/** One budget, as a commit names it. */
export interface BudgetName {
  readonly tenant: string
  readonly key: string
}

type Pair = readonly [tokens: number, nanos: number]

/** What a slice stands at: totals since its generation began. */
interface Level {
  readonly generation: number
  readonly back: Pair
  readonly spent: Pair
}

interface Grant {
  readonly generation: number
  readonly granted: Pair
}

/** So many times what a call wants is granted at once, while there is plenty. */
const AHEAD = 8

/**
 * The shard where a budget is kept: that of its session, or of its run, which the commits of a run and of those below it are in by
 * themselves; else its own.
 */
export function homeOf(shards: Shards, { tenant, key }: BudgetName, here: number): number {
  if (key.startsWith('run/')) return here
  if (key.startsWith('session/')) return shardOf(shards, 'session', tenant, key.slice('session/'.length))
  return shardOf(shards, 'budget', tenant, key)
}

/** A reservation as the shard of its run checks it: of a budget that lives elsewhere it has only what was granted to it. */
export function onSlices(shards: Shards, tenant: string, reservation: Reservation, here: number): Reservation {
  const budgets = reservation.budgets.map(({ key, limits }) =>
    homeOf(shards, { tenant, key }, here) === here ? { key, limits } : { key, limits: nothingOf(limits) },
  )
  return { ...reservation, budgets }
}

function nothingOf({ tokens, nanos }: BudgetLimits): BudgetLimits {
  return { ...(tokens === undefined ? {} : { tokens: 0 }), ...(nanos === undefined ? {} : { nanos: 0 }) }
}

/** Gets what a commit lacked; the overrun where the budget has no room for it. */
export async function extendSlice(
  shards: Shards,
  here: ShardStore,
  name: BudgetName,
  limits: BudgetLimits,
  lack: Overrun,
): Promise<Overrun | undefined> {
  const home = shardAt(shards, homeOf(shards, name, here.shard.number))
  const missing = lack.settled + lack.reserved + lack.wanted - lack.limit
  const first = await grant(home, here, name, limits, lack.unit, missing, lack.wanted)
  if (first === undefined) return undefined
  await recall(shards, home, name)
  const { raised, settled, reserved } = await rowOf(here, name, lack.unit)
  const still = Math.max(lack.settled + lack.reserved + lack.wanted - raised, 1)
  const overrun = await grant(home, here, name, limits, lack.unit, still, lack.wanted)
  if (overrun === undefined) return undefined
  // With what the commit itself settles, and reserves before.
  const own = { settled: lack.settled - settled, reserved: lack.reserved - reserved }
  const sums = { settled: overrun.settled + own.settled, reserved: overrun.reserved + own.reserved }
  return { ...overrun, ...sums, wanted: lack.wanted }
}

async function grant(
  home: ShardStore,
  here: ShardStore,
  { tenant, key }: BudgetName,
  { tokens, nanos }: BudgetLimits,
  unit: Overrun['unit'],
  missing: number,
  wanted: number,
): Promise<Overrun | undefined> {
  const { generation, back, spent } = await level(here, { tenant, key })
  const of = (amount: number): Pair => (unit === 'tokens' ? [amount, 0] : [0, amount])
  const asked = [
    ...['slice-grant', tenant, key, String(here.shard.number), generation, back, spent],
    ...[[tokens, nanos].map((limit) => limit ?? false), of(missing), of(missing + wanted * AHEAD)],
  ]
  const answer = await home.shard.write(plainOperation(asked, readGrant))
  if ('key' in answer) return answer
  await level(here, { tenant, key }, answer)
  return undefined
}

/** Has every shard give back what it does not need of a budget; false where none has any. */
export async function recall(shards: Shards, home: ShardStore, { tenant, key }: BudgetName): Promise<boolean> {
  const { generation: current, slices } = await slicesOf(home, { tenant, key })
  for (const { shard, granted } of slices) {
    // With what was granted to it: it may not have heard of that.
    const grant = { generation: current, granted }
    const { generation, back, spent } = await level(shardAt(shards, shard), { tenant, key }, grant, true)
    const told = ['slice-grant', tenant, key, String(shard), generation, back, spent, [], false, []]
    await home.shard.write(plainOperation(told, readGrant))
  }
  return slices.length > 0
}

async function level({ shard }: ShardStore, { tenant, key }: BudgetName, grant?: Grant, gives = false): Promise<Level> {
  const parts = ['slice-level', tenant, key, grant?.generation ?? 0, grant?.granted ?? false, gives]
  return shard.write(
    plainOperation(parts, (answer) => {
      answer.array()
      return { generation: answer.number(), back: readPair(answer), spent: readPair(answer) }
    }),
  )
}

function readGrant(answer: Answer): Grant | Overrun {
  answer.array()
  if (answer.text() === 'granted') {
    return { generation: answer.number(), granted: [answer.number(), answer.number()] }
  }
  const key = answer.text()
  // One of the library's UNITS.
  const unit = answer.text() as Overrun['unit']
  const [limit, settled, reserved, wanted] = [answer.number(), answer.number(), answer.number(), answer.number()]
  return { key, unit, limit, settled, reserved, wanted }
}

function readPair(answer: Answer): Pair {
  answer.array()
  return [answer.number(), answer.number()]
}

async function rowOf({ shard }: ShardStore, { tenant, key }: BudgetName, unit: Overrun['unit']) {
  const row = await shard.read(plainOperation(['slice-row', tenant, key], readRow))
  const at = unit === 'tokens' ? 0 : 1
  return { raised: row.raised[at], settled: row.settled[at], reserved: row.reserved[at] }
}

function readRow(answer: Answer) {
  answer.array()
  const isUsed = answer.maybeNumber() !== undefined
  const pair = (): Pair => [answer.number(), answer.number()]
  return { isUsed, raised: pair(), settled: pair(), reserved: pair(), updatedAt: answer.number() }
}

interface Slice {
  readonly shard: number
  readonly outstanding: Pair
  readonly spent: Pair
  readonly granted: Pair
}

interface Slices {
  /** The home knows of the budget by them alone. */
  readonly isAll: boolean
  readonly generation: number
  readonly slices: readonly Slice[]
}

function slicesOf({ shard }: ShardStore, { tenant, key }: BudgetName): Promise<Slices> {
  return shard.read(
    plainOperation(['slices', tenant, key], (answer) => {
      answer.array()
      return { isAll: answer.boolean(), generation: answer.number(), slices: readAll(answer, readSlice) }
    }),
  )
}

function readSlice(answer: Answer): Slice {
  answer.array()
  const pair = (): Pair => [answer.number(), answer.number()]
  return { shard: answer.number(), outstanding: pair(), spent: pair(), granted: pair() }
}

/** A budget as it stands over all shards; undefined for one that was asked for and never reserved on. */
export async function gather(
  shards: Shards,
  home: ShardStore,
  budget: BudgetRecord,
): Promise<BudgetRecord | undefined> {
  let { settled, reserved, updatedAt } = budget
  const { isAll, slices } = await slicesOf(home, budget)
  let isUsed = !isAll
  for (const { shard, outstanding, spent } of slices) {
    const row = await shardAt(shards, shard).shard.read(
      plainOperation(['slice-row', budget.tenant, budget.key], readRow),
    )
    const add = (sums: BudgetRecord['settled'], plus: Pair, minus: Pair) => ({
      tokens: sums.tokens + plus[0] - minus[0],
      nanos: sums.nanos + plus[1] - minus[1],
    })
    settled = add(settled, row.settled, spent)
    reserved = add(reserved, row.reserved, outstanding)
    updatedAt = Math.max(updatedAt, row.updatedAt)
    isUsed ||= row.isUsed
  }
  return isUsed ? { ...budget, settled, reserved, updatedAt } : undefined
}

/** Budgets of which nothing changed since in any shard go, and then their slices; those that only slices are idle of get back what they have. */
export async function expireSlices(shards: Shards, before: number): Promise<void> {
  await ofIdle(shards, before, async (_, home, budget) => {
    await recall(shards, home, budget)
    const { items } = await home.index.budgets(budget.tenant, { key: budget.key }, { limit: 1 })
    const [found] = items
    const whole = found && (await gather(shards, home, found))
    const { updatedAt, reserved } = whole ?? found ?? { updatedAt: before, reserved: { tokens: 0, nanos: 0 } }
    if (updatedAt >= before || reserved.tokens > 0 || reserved.nanos > 0) return
    const gone = ['budget-drop', `${budget.tenant}:${budget.key}`, budget.generation]
    await home.shard.write(plainOperation(gone, (answer) => answer.boolean()))
  })
  await ofIdle(shards, before, async ({ shard }, _, { tenant, key, generation }, isAlive) => {
    const gone = plainOperation(['slice-drop', `${tenant}:${key}`, generation], (answer) => answer.boolean())
    if (!isAlive) await shard.write(gone)
  })
}

type Idle = BudgetName & { readonly generation: number }

async function ofIdle(
  shards: Shards,
  before: number,
  act: (here: ShardStore, home: ShardStore, slice: Idle, isAlive: boolean) => Promise<void> | undefined,
): Promise<void> {
  await ofAll(shards, async (here) => {
    const idle = await here.shard.read(plainOperation(['slices-idle', before, 100], readIdle))
    for (const slice of idle) {
      const home = shardAt(shards, homeOf(shards, slice, here.shard.number))
      const alive = ['budget-generation', `${slice.tenant}:${slice.key}`]
      const generation = await home.shard.read(plainOperation(alive, (answer) => answer.number()))
      await act(here, home, slice, generation === slice.generation)
    }
  })
}

function readIdle(answer: Answer): readonly Idle[] {
  return readAll(answer, (item) => {
    item.array()
    const { tenant, run: key } = splitId(item.text())
    return { tenant, key, generation: item.number() }
  })
}
