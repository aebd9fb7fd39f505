import type { DatabaseSync } from 'node:sqlite'
import { prepare } from '../statement.ts'

/** A row of `sessions`; `before` is its state from before the active run. */
export interface SessionRow {
  readonly tenant: string
  readonly session: string
  readonly agent: string
  readonly version: number
  readonly active: string | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly state: Uint8Array
}

const COLUMNS = 'tenant, session, agent, version, active, createdAt, updatedAt, state'

/** The statements on sessions. */
export type SessionStatements = ReturnType<typeof prepareSessions>

/** Prepares the statements on `sessions`. */
export function prepareSessions(database: DatabaseSync) {
  return {
    get: prepare<SessionRow>(database, `SELECT ${COLUMNS} FROM sessions WHERE tenant = ? AND session = ?`),
    /** Tenant, session, agent, version, active, createdAt, updatedAt. */
    insert: prepare(database, `INSERT INTO sessions VALUES (?, ?, ?, 0, ?, ?, ?, x'', x'') ON CONFLICT DO NOTHING`),
    /** The active run, now, tenant, session: its state is remembered for `restore`. */
    take: prepare(
      database,
      'UPDATE sessions SET active = ?, updatedAt = ?, before = state WHERE tenant = ? AND session = ? AND active IS NULL',
    ),
    /** 1 now, 2 tenant, 3 session, 4 the run that ended, whether or not it had the turn. */
    leave: prepare(
      database,
      `UPDATE sessions SET active = iif(active = ?4, NULL, active), updatedAt = ?1
       WHERE tenant = ?2 AND session = ?3`,
    ),
    /** Now, tenant, session: another run waits for its turn. */
    touch: prepare(database, 'UPDATE sessions SET updatedAt = ? WHERE tenant = ? AND session = ?'),
    /** 1 state, 2 now, 3 tenant, 4 run: only a run that has the turn writes. */
    write: prepare(
      database,
      `UPDATE sessions SET state = ?1, version = version + 1, updatedAt = ?2
       WHERE tenant = ?3 AND session = (SELECT session FROM runs WHERE tenant = ?3 AND run = ?4) AND active = ?4`,
    ),
    /** 1 now, 2 tenant, 3 run. */
    restore: prepare(
      database,
      `UPDATE sessions SET state = before, version = version + 1, updatedAt = ?1
       WHERE tenant = ?2 AND session = (SELECT session FROM runs WHERE tenant = ?2 AND run = ?3) AND active = ?3`,
    ),
    /** Tenant, then the place after which to go on, then at most how many. */
    list: prepare<SessionRow>(
      database,
      `SELECT ${COLUMNS} FROM sessions WHERE tenant = ? AND (createdAt, session) < (?, ?)
       ORDER BY createdAt DESC, session DESC LIMIT ?`,
    ),
    remove: prepare(database, 'DELETE FROM sessions WHERE tenant = ? AND session = ?'),
  }
}
