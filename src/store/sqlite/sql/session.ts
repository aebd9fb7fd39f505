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
  readonly title: string | null
  /** JSON, null when there are none. */
  readonly tags: string | null
  readonly ttl: number | null
}

/** The columns of a `SessionRow`, of `sessions AS s`. */
export const SESSION_COLUMNS = `s.tenant, s.session, s.agent, s.version, s.active, s.createdAt, s.updatedAt, s.state, s.title, s.tags, s.ttl`

/** The statements on sessions. */
export type SessionStatements = ReturnType<typeof prepareSessions>

/** Prepares the statements on `sessions`. */
export function prepareSessions(database: DatabaseSync) {
  return {
    get: prepare<SessionRow>(database, `SELECT ${SESSION_COLUMNS} FROM sessions AS s WHERE tenant = ? AND session = ?`),
    /** 1 tenant, 2 session, 3 agent, 4 the active run, 5 now: a session that a run begins. */
    insert: prepare(
      database,
      `INSERT INTO sessions (tenant, session, agent, version, active, createdAt, updatedAt, state, before, turns)
       VALUES (?1, ?2, ?3, 0, ?4, ?5, ?5, x'', x'', 1) ON CONFLICT DO NOTHING`,
    ),
    /** The active run, now, tenant, session: its state is remembered for `restore`. */
    take: prepare(
      database,
      `UPDATE sessions SET active = ?, updatedAt = ?, before = state, turns = turns + 1
       WHERE tenant = ? AND session = ? AND active IS NULL`,
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
    /** 1 title, 2 now, 3 tenant, 4 run: unless a person gave one. */
    entitle: prepare(
      database,
      `UPDATE sessions SET title = ?1, updatedAt = ?2
       WHERE tenant = ?3 AND session = (SELECT session FROM runs WHERE tenant = ?3 AND run = ?4) AND active = ?4 AND named = 0`,
    ),
    remove: prepare(database, 'DELETE FROM sessions WHERE tenant = ? AND session = ?'),
    ...prepareWords(database),
    ...prepareTurns(database),
  }
}

/** The statements on what clients say of a session. */
function prepareWords(database: DatabaseSync) {
  return {
    /** 1 tenant, 2 session, 3 agent, 4 now, 5 title, 6 named, 7 tags, 8 ttl: one that a client begins. */
    create: prepare(
      database,
      `INSERT INTO sessions (tenant, session, agent, version, active, createdAt, updatedAt, state, before, title, named, tags, ttl)
       VALUES (?1, ?2, ?3, 0, NULL, ?4, ?4, x'', x'', ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING`,
    ),
    /** 1 title, 2 named, 3 tags, 4 ttl, 5 now, 6 tenant, 7 session. */
    change: prepare(
      database,
      'UPDATE sessions SET title = ?, named = ?, tags = ?, ttl = ?, updatedAt = ? WHERE tenant = ? AND session = ?',
    ),
    named: prepare<{ named: number }>(database, 'SELECT named FROM sessions WHERE tenant = ? AND session = ?'),
    /** Tenant, name, value, createdAt, session. */
    tag: prepare(database, 'INSERT OR IGNORE INTO session_tags VALUES (?, ?, ?, ?, ?)'),
    untag: prepare(
      database,
      'DELETE FROM session_tags WHERE tenant = ? AND name = ? AND value = ? AND createdAt = ? AND session = ?',
    ),
  }
}

/** A row of `session_turns`, without whose it is. */
export interface TurnRow {
  readonly place: number
  readonly run: string
  readonly after: number
  readonly until: number | null
}

/** The statements on the order of turns. A turn begins where the run's last one was over. */
function prepareTurns(database: DatabaseSync) {
  const after = 'ifnull((SELECT max(until) FROM session_turns WHERE tenant = ?1 AND run = ?3), 0)'
  return {
    /** 1 tenant, 2 session, 3 run: which took the turn that `turns` has counted just now. */
    beginTurn: prepare(
      database,
      `INSERT INTO session_turns SELECT ?1, ?2, turns, ?3, ${after}, NULL FROM sessions WHERE tenant = ?1 AND session = ?2`,
    ),
    /** 1 tenant, 2 session, 3 run, which ended. */
    endTurn: prepare(
      database,
      `UPDATE session_turns SET until = (SELECT sequence FROM runs WHERE tenant = ?1 AND run = ?3)
       WHERE tenant = ?1 AND run = ?3 AND session = ?2 AND until IS NULL`,
    ),
    count: prepare(database, 'UPDATE sessions SET turns = turns + 1 WHERE tenant = ? AND session = ?'),
    /** 1 tenant, 2 session, 3 run, which ended without a turn. */
    skipTurn: prepare(
      database,
      `INSERT INTO session_turns SELECT ?1, ?2, s.turns, ?3, ${after}, r.sequence FROM sessions AS s, runs AS r
       WHERE s.tenant = ?1 AND s.session = ?2 AND r.tenant = ?1 AND r.run = ?3`,
    ),
    /** Tenant, session, the first place, at most how many. */
    turns: prepare<TurnRow>(
      database,
      `SELECT place, run, after, until FROM session_turns
       WHERE tenant = ? AND session = ? AND place >= ? ORDER BY place LIMIT ?`,
    ),
    forgetTurns: prepare(database, 'DELETE FROM session_turns WHERE tenant = ? AND session = ?'),
    forgetTurnsOf: prepare(database, 'DELETE FROM session_turns WHERE tenant = ? AND run = ?'),
  }
}
