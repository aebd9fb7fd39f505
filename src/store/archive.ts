import type { CostRow } from '../core/budget.ts'
import type { Entry } from '../core/entry.ts'
import type { RunRecord } from '../core/run.ts'
import type { BlobPort, BlobRecord } from './blob.ts'
import type { Page, Paged, RunFilter } from './index-port.ts'
import type { SessionTurn } from './session.ts'

/**
 * The archive port: ended runs outside the store, each whole, and never changed again.
 *
 * Guarantees that every adapter keeps, and its conformance suite checks:
 * 1. No read knows a run before all of it is there and through fsync.
 * 2. A run that is there stays as it is, unless a later state of it comes: one with more entries.
 * 3. Of two that copy one run at once, one is refused with CONFLICT; what is kept is one copy, whole.
 * 4. A run that is removed goes with everything that was only its own. A blob stays as long as a run here refers to it.
 *
 * A read of a run that is not here answers as if there had never been one. All calls reject with STORE_UNAVAILABLE while the archive
 * cannot be reached.
 */
export interface Archive extends AsyncDisposable {
  readonly name: string
  /** Keeps a run; resolves once it is durable. `there` says that it was there already: nothing of `content` was read. */
  put(run: ArchivedRun, content: RunContent): Promise<'kept' | 'there'>
  /** The record, with `archivedAt`. */
  get(tenant: string, run: string): Promise<RunRecord | undefined>
  /** Newest first, paged as the store's lists are. */
  list(tenant: string, filter: RunFilter, page: Page): Promise<Paged<RunRecord>>
  /** Entries after a sequence, in order, at most `limit`. */
  read(tenant: string, run: string, after: number, limit: number): Promise<readonly Entry[]>
  readonly blob: Pick<BlobPort, 'head' | 'read'>
  /** Turns of a session from a place on, in order. */
  turns(session: SessionRef, from: number, limit: number): Promise<readonly SessionTurn[]>
  /** What a run's own calls have cost, and those of all runs below it, as far as they are here. */
  cost(tenant: string, run: string): Promise<CostRow>
  /** Sessions that have runs here which came from this store, in an order of their own; none whose beginning is not known. */
  sessions(store: string, page: Page): Promise<Paged<SessionRef>>
  /** False when there is none. With `archivedAt` only the copy that was made then: another may have taken its place. */
  remove(tenant: string, run: string, archivedAt?: number): Promise<boolean>
  /** Removes runs of a session with those below them, until `limit` are gone; of every session that had this name unless `createdAt` says which. Answers how many. */
  removeSession(
    session: Omit<SessionRef, 'createdAt'> & { readonly createdAt?: number },
    limit: number,
  ): Promise<number>
  /** Removes runs that ended before a time, the oldest end first, until `limit` are gone; answers how many. */
  expire(endedBefore: number, limit: number): Promise<number>
  usage(): Promise<ArchiveUsage>
  /** Resolves when the archive answers; rejects with why it does not. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** An ended run as it is kept. */
export interface ArchivedRun {
  readonly record: RunRecord
  /** ms since the epoch. */
  readonly archivedAt: number
  /** The incarnation of the store that it comes from: what another one does not know is not gone. */
  readonly store: string
  /** Hashes of the blobs that it refers to. */
  readonly blobs: readonly string[]
  readonly turns: readonly SessionTurn[]
  /** What its own calls have cost. */
  readonly cost: CostRow
  /** Ids of the runs above it, the nearest first. */
  readonly above: readonly string[]
  /** The sessions of this run and of those above it, its own first: it goes with each of them. */
  readonly sessions: readonly SessionRef[]
}

/** A session, told from others that had its name by when it began (ms); 0 where that is not known any more. */
export interface SessionRef {
  readonly tenant: string
  readonly session: string
  readonly createdAt: number
}

/** Where the bytes of a run come from. Each is read at most once. */
export interface RunContent {
  /** All entries, in order. */
  entries(): AsyncIterable<readonly Entry[]>
  blob(hash: string): Promise<{ readonly record: BlobRecord; readonly bytes: AsyncIterable<Uint8Array> }>
}

/** What the archive holds; bytes are of payloads, `disk` what it takes where it is kept. */
export interface ArchiveUsage {
  readonly runs: number
  readonly entries: number
  readonly journalBytes: number
  readonly blobs: number
  readonly blobBytes: number
  readonly disk: number
}
