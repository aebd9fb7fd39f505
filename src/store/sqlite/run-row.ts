import type { RunRecord, RunStatus } from '../../core/run.ts'

/** A row of `runs`. */
export interface RunRow {
  readonly tenant: string
  readonly run: string
  readonly agent: string
  readonly release: string
  readonly status: RunStatus
  readonly reason: string | null
  readonly session: string | null
  readonly parentRun: string | null
  readonly parentStep: string | null
  readonly priority: number
  /** JSON, null when there are none. */
  readonly tags: string | null
  readonly key: string | null
  readonly epoch: number
  readonly sequence: number
  readonly bytes: number
  readonly worker: string | null
  readonly crashes: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly wakeAt: number | null
  readonly endedAt: number | null
  readonly queuedAt: number
  readonly turn: number | null
  readonly snapshot: number | null
}

const NO_TAGS: RunRecord['tags'] = Object.freeze({})

/** The row's record, with only those optional parts that it has. */
export function recordOf(row: RunRow): RunRecord {
  const { reason, session, parentRun, parentStep, snapshot, worker, wakeAt, endedAt } = row
  return {
    tenant: row.tenant,
    run: row.run,
    agent: row.agent,
    release: row.release,
    status: row.status,
    ...(reason === null ? undefined : { reason }),
    ...(session === null ? undefined : { session }),
    ...(parentRun === null ? undefined : { parent: { run: parentRun, step: parentStep ?? '' } }),
    priority: row.priority,
    tags: row.tags === null ? NO_TAGS : JSON.parse(row.tags),
    epoch: row.epoch,
    sequence: row.sequence,
    bytes: row.bytes,
    ...(snapshot === null ? undefined : { snapshot }),
    ...(worker === null ? undefined : { worker }),
    crashes: row.crashes,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    ...(wakeAt === null ? undefined : { wakeAt }),
    ...(endedAt === null ? undefined : { endedAt }),
  }
}
