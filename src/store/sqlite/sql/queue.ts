import type { DatabaseSync } from 'node:sqlite'
import type { Running } from '../../fair.ts'
import type { RunRow } from '../run-row.ts'
import { prepare } from '../statement.ts'

interface Place {
  readonly tenant: string
  readonly agent: string
  readonly release: string
}

/** The statements on the queue and on who holds what. */
export type QueueStatements = ReturnType<typeof prepareQueue>

/** Prepares the statements on what waits in the queue, for a timer, or with a worker. */
export function prepareQueue(database: DatabaseSync) {
  return {
    nextWake: prepare<{ wakeAt: number }>(
      database,
      `SELECT wakeAt FROM runs INDEXED BY runs_wake
       WHERE wakeAt IS NOT NULL AND status = 'suspended' ORDER BY wakeAt LIMIT 1`,
    ),
    /** 1 now, 2 at most how many. */
    wakeDue: prepare<{ run: string }>(
      database,
      `UPDATE runs SET status = 'queued', reason = NULL, queuedAt = wakeAt, wakeAt = NULL, updatedAt = ?1
       WHERE (tenant, run) IN (
         SELECT tenant, run FROM runs INDEXED BY runs_wake
         WHERE wakeAt IS NOT NULL AND status = 'suspended' AND wakeAt <= ?1 ORDER BY wakeAt LIMIT ?2)
       RETURNING run`,
    ),
    firstQueue: prepare<Place>(
      database,
      `SELECT tenant, agent, release FROM runs INDEXED BY runs_ready WHERE status = 'queued'
       ORDER BY tenant, agent, release LIMIT 1`,
    ),
    nextQueue: prepare<Place>(
      database,
      `SELECT tenant, agent, release FROM runs INDEXED BY runs_ready
       WHERE status = 'queued' AND (tenant, agent, release) > (?, ?, ?) ORDER BY tenant, agent, release LIMIT 1`,
    ),
    front: prepare<{ run: string; priority: number; queuedAt: number }>(
      database,
      `SELECT run, priority, queuedAt FROM runs INDEXED BY runs_ready
       WHERE status = 'queued' AND tenant = ? AND agent = ? AND release = ?
       ORDER BY priority DESC, queuedAt, run LIMIT ?`,
    ),
    running: prepare<Running>(
      database,
      'SELECT tenant, agent FROM runs INDEXED BY runs_worker WHERE worker IS NOT NULL',
    ),
    /** Worker, now, tenant, run. */
    take: prepare<RunRow>(
      database,
      `UPDATE runs SET status = 'running', worker = ?, epoch = epoch + 1, reason = NULL, updatedAt = ?
       WHERE tenant = ? AND run = ? AND status = 'queued' RETURNING *`,
    ),
    ...prepareHeld(database),
    /** 1 now, 2 crashes to add, 3 worker. */
    release: prepare<{ run: string }>(
      database,
      `UPDATE runs SET status = 'queued', reason = NULL, worker = NULL, queuedAt = ?1, updatedAt = ?1,
         crashes = crashes + ?2 WHERE worker = ?3 RETURNING run`,
    ),
  }
}

/** The statements on runs by who holds them. */
function prepareHeld(database: DatabaseSync) {
  return {
    heldBy: prepare<RunRow>(database, 'SELECT * FROM runs INDEXED BY runs_worker WHERE worker = ?'),
    /** A run whose holder is not registered. */
    orphan: prepare<{ run: string }>(
      database,
      `SELECT run FROM runs INDEXED BY runs_worker
       WHERE worker IS NOT NULL AND worker NOT IN (SELECT worker FROM workers) LIMIT 1`,
    ),
    /** Queues all of those: 1 now. */
    adopt: prepare<{ run: string }>(
      database,
      `UPDATE runs SET status = 'queued', reason = NULL, worker = NULL, queuedAt = ?1, updatedAt = ?1
       WHERE worker IS NOT NULL AND worker NOT IN (SELECT worker FROM workers) RETURNING run`,
    ),
  }
}
