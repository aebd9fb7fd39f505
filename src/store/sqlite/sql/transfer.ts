import type { DatabaseSync } from 'node:sqlite'
import type { RunRow } from '../run-row.ts'
import { prepare } from '../statement.ts'
import type { QuestionRow } from './listing.ts'
import { SESSION_COLUMNS, type SessionRow, type TurnRow } from './session.ts'
import type { BudgetRow } from './spend.ts'

/** A whole row of `charges`. */
export interface ChargeRow {
  readonly tenant: string
  readonly run: string
  readonly id: string
  readonly time: number
  readonly agent: string
  readonly session: string | null
  readonly tags: string | null
  readonly provider: string
  readonly model: string
  readonly input: number
  readonly cachedInput: number
  readonly cacheWrite: number
  readonly output: number
  readonly reasoning: number
  readonly nanos: number | null
  readonly assumed: number
}

/** A key whose run was removed. */
export interface LeftKeyRow {
  readonly tenant: string
  readonly agent: string
  readonly key: string
  readonly run: string
  readonly inputHash: string
  readonly endsAt: number | null
  readonly record: string | null
}

/** A whole row of `sessions`. */
export interface WholeSessionRow extends SessionRow {
  readonly before: Uint8Array
  readonly named: number
  readonly turns: number
}

/** The statements that read a store whole. */
export type DumpStatements = ReturnType<typeof prepareDump>

/** Prepares them. Those of a part take the place after which to go on, and at most how many. */
export function prepareDump(database: DatabaseSync) {
  return {
    runs: prepare<RunRow>(database, 'SELECT * FROM runs WHERE (tenant, run) > (?, ?) ORDER BY tenant, run LIMIT ?'),
    ...prepareOfRun(database),
    sessions: prepare<WholeSessionRow>(
      database,
      `SELECT ${SESSION_COLUMNS}, s.before, s.named, s.turns FROM sessions AS s
       WHERE (tenant, session) > (?, ?) ORDER BY tenant, session LIMIT ?`,
    ),
    /** Tenant, session: who waits for its turn. */
    blocked: prepare<{ run: string }>(
      database,
      'SELECT run FROM runs WHERE tenant = ? AND session = ? AND turn IS NOT NULL ORDER BY turn',
    ),
    budgets: prepare<BudgetRow>(
      database,
      'SELECT * FROM budgets WHERE (tenant, key) > (?, ?) ORDER BY tenant, key LIMIT ?',
    ),
    raises: prepare<{ tenant: string; id: string; time: number }>(
      database,
      'SELECT tenant, id, time FROM raises WHERE (tenant, id) > (?, ?) ORDER BY tenant, id LIMIT ?',
    ),
    charges: prepare<ChargeRow>(
      database,
      `SELECT * FROM charges AS c WHERE (tenant, run, id) > (?, ?, ?)
         AND NOT EXISTS (SELECT 1 FROM runs AS r WHERE r.tenant = c.tenant AND r.run = c.run)
       ORDER BY tenant, run, id LIMIT ?`,
    ),
    keys: prepare<LeftKeyRow>(
      database,
      `SELECT * FROM idempotency AS k WHERE (tenant, agent, key) > (?, ?, ?) AND record IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM runs AS r WHERE r.tenant = k.tenant AND r.run = k.run)
       ORDER BY tenant, agent, key LIMIT ?`,
    ),
    blobs: prepare<{ tenant: string; hash: string; size: number; name: string | null; mediaType: string | null }>(
      database,
      `SELECT tenant, hash, size, name, mediaType FROM blobs
       WHERE (tenant, hash) > (?, ?) AND hash = lower(hash) AND length(hash) = 64 ORDER BY tenant, hash LIMIT ?`,
    ),
    /** What there is that an import would mix with. */
    found: prepare<{ what: string }>(
      database,
      `SELECT 'runs' AS what WHERE EXISTS (SELECT 1 FROM runs)
       UNION ALL SELECT 'sessions' WHERE EXISTS (SELECT 1 FROM sessions)
       UNION ALL SELECT 'budgets' WHERE EXISTS (SELECT 1 FROM budgets)
       UNION ALL SELECT 'charges' WHERE EXISTS (SELECT 1 FROM charges)
       UNION ALL SELECT 'idempotency keys' WHERE EXISTS (SELECT 1 FROM idempotency) LIMIT 1`,
    ),
  }
}

/** The statements on what is only a run's own: tenant, run. */
function prepareOfRun(database: DatabaseSync) {
  return {
    turns: prepare<TurnRow>(
      database,
      'SELECT place, run, after, until FROM session_turns WHERE tenant = ? AND run = ? ORDER BY place',
    ),
    consumed: prepare<{ id: string }>(
      database,
      'SELECT id FROM inbox WHERE tenant = ? AND run = ? AND pending = 0 ORDER BY id',
    ),
    questions: prepare<QuestionRow>(database, 'SELECT * FROM questions WHERE tenant = ? AND run = ? ORDER BY id'),
    chargesOf: prepare<ChargeRow>(database, 'SELECT * FROM charges WHERE tenant = ? AND run = ? ORDER BY id'),
    blobsOf: prepare<{ hash: string }>(
      database,
      'SELECT hash FROM blob_refs WHERE tenant = ? AND run = ? ORDER BY hash',
    ),
  }
}

/** The statements that put back what a dump read. */
export type RestoreStatements = ReturnType<typeof prepareRestore>

/** Prepares them; those without a comment take all columns in the order of the schema. */
export function prepareRestore(database: DatabaseSync) {
  return {
    run: prepare(
      database,
      'INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)',
    ),
    /** Tenant, run, sequence: entries from there on. */
    unstage: prepare(database, 'DELETE FROM journal WHERE tenant = ? AND run = ? AND sequence >= ?'),
    /** Tenant, run, id: one that was delivered once. */
    consumed: prepare(database, "INSERT INTO inbox VALUES (?, ?, ?, 0, 'event', 0, NULL, 0, x'')"),
    turn: prepare(database, 'INSERT INTO session_turns VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING'),
    session: prepare(
      database,
      `INSERT INTO sessions (tenant, session, agent, version, active, createdAt, updatedAt, state, before, title, named, tags, ttl,
         turns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    ),
    /** Its place, tenant, run. */
    block: prepare(database, "UPDATE runs SET turn = ?, status = 'blocked' WHERE tenant = ? AND run = ?"),
    /** 1 tenant, 2 key, 3 and 4 limits, 5 and 6 raised, 7 and 8 settled, 9 createdAt, 10 updatedAt. */
    budget: prepare(
      database,
      `INSERT INTO budgets VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, ?9, ?10)
       ON CONFLICT DO UPDATE SET limitTokens = ?3, limitNanos = ?4, raisedTokens = ?5, raisedNanos = ?6, settledTokens = ?7,
         settledNanos = ?8, createdAt = ?9, updatedAt = ?10`,
    ),
    /** 1 tenant, 2 key, 3 and 4 amounts, 5 now. */
    reserved: prepare(
      database,
      `INSERT INTO budgets VALUES (?1, ?2, NULL, NULL, 0, 0, 0, 0, ?3, ?4, ?5, ?5)
       ON CONFLICT DO UPDATE SET reservedTokens = reservedTokens + ?3, reservedNanos = reservedNanos + ?4`,
    ),
    raise: prepare(database, 'INSERT INTO raises VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
    key: prepare(database, 'INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?, ?)'),
    ...prepareMend(database),
  }
}

/** The statements that put the runs of sessions in order. */
function prepareMend(database: DatabaseSync) {
  return {
    /** Tenant, session: those that are not over and do not wait, the oldest first. */
    going: prepare<{ run: string }>(
      database,
      `SELECT run FROM runs INDEXED BY runs_session
       WHERE tenant = ? AND session = ? AND session IS NOT NULL AND endedAt IS NULL AND status <> 'blocked' ORDER BY createdAt, run`,
    ),
    /** Tenant, session: those that wait, in order. */
    waiting: prepare<{ run: string }>(
      database,
      `SELECT run FROM runs INDEXED BY runs_session
       WHERE tenant = ? AND session = ? AND session IS NOT NULL AND endedAt IS NULL AND status = 'blocked'
       ORDER BY turn IS NULL, turn, createdAt, run`,
    ),
    /** The active run or null, tenant, session. */
    activate: prepare(database, 'UPDATE sessions SET active = ? WHERE tenant = ? AND session = ?'),
  }
}
