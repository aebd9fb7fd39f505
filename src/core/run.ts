/**
 * Where a run stands.
 *
 * `blocked` waits for its session's turn; `suspended` waits for a timer, a human, a message or a child and holds no
 * worker; `continued` went on in another run; `diverged` stopped because its code takes another path than its journal;
 * `dead` is a dead letter.
 */
export const RUN_STATUSES = [
  'queued',
  'blocked',
  'running',
  'suspended',
  'paused',
  'completed',
  'failed',
  'cancelled',
  'continued',
  'diverged',
  'dead',
] as const
export type RunStatus = (typeof RUN_STATUSES)[number]

export type EndedStatus = 'completed' | 'failed' | 'cancelled' | 'continued' | 'diverged' | 'dead'

const ENDED: ReadonlySet<string> = new Set<EndedStatus>([
  'completed',
  'failed',
  'cancelled',
  'continued',
  'diverged',
  'dead',
])

/** True once nothing more will be executed for a run, short of a retry or a fork. */
export function hasEnded(status: RunStatus): status is EndedStatus {
  return ENDED.has(status)
}

/** A run's index record: the projection of its journal that lists, queues and limits are made from. Times are ms. */
export interface RunRecord {
  readonly tenant: string
  readonly run: string
  readonly agent: string
  readonly release: string
  readonly status: RunStatus
  /** One line on why it stands so: the error's message, who cancelled, what it waits for. */
  readonly reason?: string
  readonly session?: string
  readonly parent?: { readonly run: string; readonly step: string }
  /** Higher goes first; 0 is usual. */
  readonly priority: number
  readonly tags: Readonly<Record<string, string>>
  /** Raised by each claim; only its holder may append (G2). */
  readonly epoch: number
  /** The last entry's sequence number. */
  readonly sequence: number
  /** Payload bytes in the journal. */
  readonly bytes: number
  /** Sequence of the snapshot that the next residence begins from; absent: it begins with the first entry. */
  readonly snapshot?: number
  readonly worker?: string
  /** Workers that died holding it since it last made progress. */
  readonly crashes: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly wakeAt?: number
  readonly endedAt?: number
  /** When it left the store for the archive. */
  readonly archivedAt?: number
}

export type SessionPolicy = 'enqueue' | 'reject' | 'interrupt' | 'rollback'
