import type { DatabaseSync } from 'node:sqlite'
import { MOST_COUNTED } from '../../../core/budget.ts'
import { prepare } from '../statement.ts'

/** A row of `budgets`. */
export interface BudgetRow {
  readonly tenant: string
  readonly key: string
  readonly limitTokens: number | null
  readonly limitNanos: number | null
  readonly raisedTokens: number
  readonly raisedNanos: number
  readonly settledTokens: number
  readonly settledNanos: number
  readonly reservedTokens: number
  readonly reservedNanos: number
  readonly createdAt: number
  readonly updatedAt: number
}

/** A row of `reservations`, but for whose it is. */
export interface ReservationRow {
  readonly id: string
  readonly tokens: number
  readonly nanos: number | null
  readonly budgets: string
  readonly charge: string
}

/** The statements on budgets, reservations and the ledger. */
export type SpendStatements = ReturnType<typeof prepareSpend>

/** Prepares the statements that commits need. */
export function prepareSpend(database: DatabaseSync) {
  return {
    budget: prepare<BudgetRow>(database, 'SELECT * FROM budgets WHERE tenant = ? AND key = ?'),
    /** 1 tenant, 2 key, 3 and 4 limits, 5 and 6 amounts, 7 now. */
    reserve: prepare(
      database,
      `INSERT INTO budgets VALUES (?1, ?2, ?3, ?4, 0, 0, 0, 0, ?5, ?6, ?7, ?7)
       ON CONFLICT DO UPDATE SET limitTokens = ?3, limitNanos = ?4, reservedTokens = reservedTokens + ?5,
         reservedNanos = reservedNanos + ?6, updatedAt = ?7`,
    ),
    /** 1 tenant, 2 key, 3 and 4 what was reserved, 5 and 6 what it took, 7 now. */
    settle: prepare(
      database,
      `UPDATE budgets SET reservedTokens = reservedTokens - ?3, reservedNanos = reservedNanos - ?4,
         settledTokens = min(settledTokens + ?5, ${MOST_COUNTED}),
         settledNanos = min(settledNanos + ?6, ${MOST_COUNTED}), updatedAt = ?7
       WHERE tenant = ?1 AND key = ?2`,
    ),
    /** 1 tenant, 2 key, 3 and 4 amounts, 5 now. */
    raise: prepare(
      database,
      `INSERT INTO budgets
       VALUES (?1, ?2, NULL, NULL, min(?3, ${MOST_COUNTED}), min(?4, ${MOST_COUNTED}), 0, 0, 0, 0, ?5, ?5)
       ON CONFLICT DO UPDATE SET raisedTokens = min(raisedTokens + ?3, ${MOST_COUNTED}),
         raisedNanos = min(raisedNanos + ?4, ${MOST_COUNTED}), updatedAt = ?5`,
    ),
    /** Tenant, id, now; changes nothing when it is there. */
    raised: prepare(database, 'INSERT INTO raises VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
    held: prepare<ReservationRow>(database, 'SELECT * FROM reservations WHERE tenant = ? AND run = ? AND id = ?'),
    open: prepare<ReservationRow>(database, 'SELECT * FROM reservations WHERE tenant = ? AND run = ?'),
    /** All columns. */
    hold: prepare(database, 'INSERT INTO reservations VALUES (?, ?, ?, ?, ?, ?, ?)'),
    free: prepare(database, 'DELETE FROM reservations WHERE tenant = ? AND run = ? AND id = ?'),
    /** All columns; changes nothing when it is there. */
    book: prepare(
      database,
      'INSERT INTO charges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ),
  }
}
