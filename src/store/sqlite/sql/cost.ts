import type { DatabaseSync } from 'node:sqlite'
import type { CostGrouping } from '../../../core/budget.ts'
import { prepare } from '../statement.ts'
import type { BudgetRow } from './spend.ts'

/** The sum of some charges. */
export interface CostSum {
  readonly name: string | null
  readonly calls: number
  readonly input: number
  readonly cachedInput: number
  readonly cacheWrite: number
  readonly output: number
  readonly reasoning: number
  readonly nanos: number
  readonly unpriced: number
  readonly assumedCalls: number
  readonly assumedTokens: number
  readonly assumedNanos: number
}

/** What tells one charge's place in the order of time. */
export interface ChargePlace {
  readonly time: number
  readonly run: string
  readonly id: string
}

/** The columns of a `CostSum`, without its name. As floats: a sum of whole numbers that no float holds exactly could not be read. */
export const SUMS = `count(*) AS calls, total(input) AS input, total(cachedInput) AS cachedInput, total(cacheWrite) AS cacheWrite,
  total(output) AS output, total(reasoning) AS reasoning, total(nanos) AS nanos, count(*) - count(nanos) AS unpriced,
  total(assumed) AS assumedCalls, total(iif(assumed, input + output, 0)) AS assumedTokens,
  total(iif(assumed, nanos, 0)) AS assumedNanos`

const GROUPS: Readonly<Record<CostGrouping, string>> = {
  agent: 'agent',
  model: 'model',
  session: 'session',
  tag: '(SELECT value FROM json_each(tags) WHERE key = ?8)',
  day: "strftime('%Y-%m-%d', time / 1000, 'unixepoch')",
}

/** Runs below one that are looked at. */
const FAMILY = 10_000

/** The statements that sum up the ledger and list budgets. */
export type CostStatements = ReturnType<typeof prepareCosts>

/** Prepares them. */
export function prepareCosts(database: DatabaseSync) {
  return {
    /** 1 tenant, 2-4 the place after which the page begins, 5-7 its end, 8 the tag's name where it is by tag. */
    by: {
      agent: prepareGroup(database, 'agent'),
      model: prepareGroup(database, 'model'),
      session: prepareGroup(database, 'session'),
      tag: prepareGroup(database, 'tag'),
      day: prepareGroup(database, 'day'),
    },
    /** 1 tenant, 2-4 a place, 5 the time before which to look, 6 how many charges further. */
    further: prepare<ChargePlace>(
      database,
      `SELECT time, run, id FROM charges INDEXED BY charges_time
       WHERE tenant = ?1 AND (time, run, id) > (?2, ?3, ?4) AND time < ?5 ORDER BY time, run, id LIMIT 1 OFFSET ?6`,
    ),
    /** 1 tenant, 2 run: with the runs below it. */
    ofRun: prepare<CostSum>(
      database,
      `WITH RECURSIVE family(run) AS (
         VALUES (?2)
         UNION SELECT r.run FROM family AS f CROSS JOIN runs AS r INDEXED BY runs_parent
           ON r.tenant = ?1 AND r.parentRun = f.run
         LIMIT ${FAMILY})
       SELECT NULL AS name, ${SUMS} FROM family AS f CROSS JOIN charges AS c ON c.tenant = ?1 AND c.run = f.run`,
    ),
    /** 1 tenant, 2-3 the place after which to go on, 4 key or null, 5 at most how many. */
    budgets: prepare<BudgetRow>(
      database,
      `SELECT * FROM budgets INDEXED BY budgets_created
       WHERE tenant = ?1 AND (createdAt, key) < (?2, ?3) AND key = ifnull(?4, key)
       ORDER BY createdAt DESC, key DESC LIMIT ?5`,
    ),
  }
}

function prepareGroup(database: DatabaseSync, by: CostGrouping) {
  return prepare<CostSum>(
    database,
    `SELECT ${GROUPS[by]} AS name, ${SUMS} FROM charges INDEXED BY charges_time
     WHERE tenant = ?1 AND (time, run, id) > (?2, ?3, ?4) AND (time, run, id) <= (?5, ?6, ?7) GROUP BY name`,
  )
}

/** The statements that remove what is old of the ledger. */
export type LedgerExpiry = ReturnType<typeof prepareLedgerExpiry>

/** Prepares them. */
export function prepareLedgerExpiry(database: DatabaseSync) {
  return {
    /** A loose scan over the tenants. */
    tenants: prepare<{ tenant: string }>(
      database,
      `WITH RECURSIVE t(tenant) AS (
         SELECT min(tenant) FROM charges
         UNION ALL SELECT (SELECT min(tenant) FROM charges WHERE tenant > t.tenant) FROM t WHERE t.tenant IS NOT NULL)
       SELECT tenant FROM t WHERE tenant IS NOT NULL`,
    ),
    /** 1 tenant, 2 time, 3 at most how many. */
    charges: prepare(
      database,
      `DELETE FROM charges WHERE tenant = ?1 AND (run, id) IN (
         SELECT run, id FROM charges INDEXED BY charges_time WHERE tenant = ?1 AND time < ?2
         ORDER BY time, run, id LIMIT ?3)`,
    ),
    /** Time, at most how many. */
    budgets: prepare(
      database,
      `DELETE FROM budgets WHERE (tenant, key) IN (
         SELECT tenant, key FROM budgets INDEXED BY budgets_updated
         WHERE reservedTokens = 0 AND reservedNanos = 0 AND updatedAt < ?1 ORDER BY updatedAt LIMIT ?2)`,
    ),
    raises: prepare(database, 'DELETE FROM raises WHERE time < ?'),
  }
}
