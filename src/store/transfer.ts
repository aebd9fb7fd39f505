import type { BlobPort } from './blob.ts'
import type { JournalPort } from './journal.ts'
import type { Row } from './transfer-row.ts'

/**
 * The transfer port: the store as a whole, to be paused, copied out and filled.
 *
 * Guarantees that every adapter keeps, and the conformance suite checks:
 * 1. While a store is paused nothing begins by itself: no run is claimed, no timer or schedule fires, nothing expires, and a new submit is
 *    refused with STORE_PAUSED. Reads, messages, and the commits of runs that are held go on, with the runs that those submit.
 * 2. What `dump` answers of a run is of one moment, and so is a run with those below it. In a snapshot everything is.
 * 3. `restore` does its rows and its progress together, and rows that are there already do nothing: it may be repeated from any point.
 * 4. A run is not there before its whole journal is. It comes back held by nobody (`revive`); everything else reads as it did.
 */
export interface TransferPort {
  state(): Promise<StoreState>
  /** Pauses the store, for everyone who has it open; one that is paused keeps its first reason. */
  pause(reason: string): Promise<void>
  /** Ends the pause. CONFLICT while an import has begun and not ended. */
  resume(): Promise<void>
  /** The store to be read as it is now: a copy where the adapter can make one at one moment, else the store itself. */
  snapshot(): Promise<Snapshot>
  /** Rows of one part after a place, in an order of their own, about `limit`. */
  dump(part: Part, after: string | undefined, limit: number): Promise<Dumped>
  /**
   * Makes an empty store one that is filled by this import: paused, of a new incarnation. Answers how far an earlier call of the same import
   * got. CONFLICT when the store holds something else.
   */
  begin(source: ImportSource): Promise<number>
  /** Puts rows and remembers how far the import is. */
  restore(rows: readonly Row[], progress: number): Promise<void>
  /** Ends the import: sessions whose runs were read at several moments are put in order (G7). The store stays paused. */
  finish(): Promise<void>
}

/** What a store is made of, in the order in which it is dumped and restored. */
export const PARTS = ['run', 'session', 'budget', 'raise', 'charge', 'key', 'schedule', 'blob'] as const
export type Part = (typeof PARTS)[number]

/** How the store stands as a whole. Times are ms. */
export interface StoreState {
  /** The format that the store is written in, by the adapter's own count. */
  readonly format: number
  /** Random: tells a store from those that were restored from it. Nothing that leaves the system has it. */
  readonly incarnation: string
  readonly paused?: Pause
  readonly importing?: ImportSource & { readonly progress: number }
}

export interface Pause {
  readonly since: number
  readonly reason: string
}

/** Which export fills the store. */
export interface ImportSource {
  readonly id: string
}

/** Some rows, and the place after them while there may be more. */
export interface Dumped {
  readonly rows: readonly Row[]
  readonly next?: string
}

/** What is read for an export. */
export interface Snapshot extends AsyncDisposable {
  readonly journal: Pick<JournalPort, 'read'>
  readonly blob: Pick<BlobPort, 'read'>
  readonly dump: TransferPort['dump']
}

/** What watchers are told of a store that was paused or resumed. */
export const STORE_TOPIC = 'store'
