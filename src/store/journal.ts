import type { Charge, Overrun, Raise, Reservation, Settlement } from '../core/budget.ts'
import type { Entry } from '../core/entry.ts'
import type { EndedStatus, RunRecord, SessionPolicy } from '../core/run.ts'

/**
 * The journal port: everything that changes a run.
 *
 * Guarantees that every adapter keeps, and the conformance suite checks:
 * 1. A resolved promise means durable, as the store was opened (`process`, `disk`): nothing is readable or announced before (G1, G4).
 * 2. `append` with an epoch that is not the run's own changes nothing and answers `fenced` (G2).
 * 3. `append` of entries that are there already, byte for byte (same run, epoch, sequence), answers `committed` again:
 *    a commit without an answer may be retried. One after which its worker would go on is `fenced` where the run is its own no more:
 *    what it says is kept, and what follows is another's.
 * 4. Sequences have no gaps: a first sequence that is not the head's next is a programming error (CONFLICT).
 * 5. All parts of one commit (entries, transition, messages, session state, questions) become visible together.
 * 6. Messages are delivered at least once and applied once by id, whatever shard they are for.
 * 7. One rejected operation never harms those that travel in the same group.
 * 8. A commit whose reservations do not fit a budget changes nothing and answers `over-budget` (G8). Reservations, settlements,
 *    charges and raises count once by their ids. The commit that ends a run, whoever makes it, books its open reservations at
 *    their assumed charge and frees them.
 * 9. No acknowledged event is dropped unseen: a commit that would end its run with one unread changes nothing and answers `unread`, and
 *    a run that is continued hands on what it did not read. A cancel reaches a run that goes on, or is paused, meanwhile.
 */
export interface JournalPort {
  /** Adds a run. STORE_PAUSED where the store is paused and the run is new. */
  submit(submit: Submit): Promise<SubmitOutcome>
  append(commit: Commit): Promise<CommitOutcome>
  deliver(message: Message): Promise<DeliverOutcome>
  /** Entries after a sequence, in order, at most `limit`. */
  read(tenant: string, run: string, after: number, limit: number): Promise<readonly Entry[]>
  /** Undelivered messages, oldest first: of one run, or of every run that this worker holds. */
  inbox(
    of: { readonly tenant: string; readonly run: string } | { readonly worker: string },
  ): Promise<readonly Message[]>
  /**
   * Calls back after commits that others may care about, at most once an event-loop turn; a hint, never a promise. `runs` holds the ids
   * known to have changed, and `session/ID` of each session whose turn passed; undefined means that it is not known what changed, as when
   * another process did. `quiet` holds those of them of which nothing is new but entries of their holder, and `waiting` is false when no
   * run waits to be claimed, both where the adapter can tell.
   */
  watch(listener: WatchListener): () => void
}

/** Told of commits, see `JournalPort.watch`. */
export type WatchListener = (
  runs: ReadonlySet<string> | undefined,
  quiet: ReadonlySet<string>,
  waiting?: boolean,
) => void

/** A new run. `entries` is its whole first commit: `run-submitted`, or for a fork the copied entries. */
export interface Submit {
  readonly record: RunRecord
  readonly entries: readonly Entry[]
  /** Idempotency key in the scope of tenant and agent; `inputHash` tells a retry from a conflict (G1). */
  readonly key?: { readonly key: string; readonly inputHash: string }
  readonly session?: { readonly policy: SessionPolicy }
  /** The fast path: the submitting worker takes the run in the same commit, where nothing forbids it. */
  readonly claim?: { readonly worker: string }
  /** Not before this time (ms); it counts as suspended until then. */
  readonly notBefore?: number
  /** Hashes of blobs that the input refers to: kept as long as the run. Those that hold a payload count by themselves. */
  readonly blobs?: readonly string[]
}

export type SubmitOutcome =
  | { readonly kind: 'submitted'; readonly record: RunRecord }
  | { readonly kind: 'duplicate'; readonly record: RunRecord }
  | { readonly kind: 'key-conflict'; readonly run: string }
  | { readonly kind: 'session-busy'; readonly run: string }

/** What one step, or one intervention, does to the store. */
export interface Commit {
  readonly tenant: string
  readonly run: string
  /** The holder's epoch. With `seize`, the epoch that it becomes: the current one plus one. */
  readonly epoch: number
  /** Takes a run that no worker holds, for this commit only. Answers `conflict` when epoch, head or holder changed. */
  readonly seize?: boolean
  readonly entries: readonly Entry[]
  /** Ids of inbox messages that these entries record; they are removed. */
  readonly consumed?: readonly string[]
  readonly messages?: readonly Message[]
  readonly submits?: readonly Submit[]
  /** Questions opened, and closed. Closing one that is not open any more answers `conflict`. */
  readonly asks?: readonly Question[]
  readonly closes?: readonly string[]
  /** Questions that nobody waits for any more: closed if they are still open. */
  readonly withdraws?: readonly string[]
  /** The session's new state, or back to what it was when this run started. */
  readonly session?: { readonly state: Uint8Array } | 'restore'
  /** The session's new title, unless a person gave it one. */
  readonly title?: string
  /** Hashes of blobs that these entries refer to: kept as long as the run. */
  readonly blobs?: readonly string[]
  /** Checked against what stands after this commit's settlements; one that is open already is left as it is. */
  readonly reserves?: readonly Reservation[]
  readonly settles?: readonly Settlement[]
  /** Rows of the ledger; they count on no budget by themselves. */
  readonly charges?: readonly Charge[]
  readonly raises?: readonly Raise[]
  /** The sequence of one of these entries, from which the run is read when it is resumed: it becomes the record's `snapshot`. */
  readonly snapshot?: number
  /** Absent: the run stays with its holder. */
  readonly next?: Transition
}

/**
 * `suspended` with undelivered messages becomes `queued` in the same commit, and so does `paused` with an undelivered cancel. An ended
 * run frees its session. An end that would leave an event unread, and hands it on to no other run, answers `unread` instead.
 */
export type Transition =
  | { readonly status: 'suspended'; readonly wakeAt?: number; readonly reason?: string }
  | { readonly status: 'queued'; readonly at: number; readonly reason?: string }
  | { readonly status: 'paused'; readonly reason?: string }
  | {
      readonly status: EndedStatus
      readonly reason?: string
      /** For `continued`: the run that it goes on as, which gets the undelivered events, cancels and pauses. */
      readonly to?: string
    }

export type CommitOutcome =
  | { readonly kind: 'committed'; readonly status: RunRecord['status'] }
  | { readonly kind: 'fenced'; readonly epoch: number }
  | { readonly kind: 'conflict'; readonly reason: string }
  | { readonly kind: 'unread' }
  | ({ readonly kind: 'over-budget' } & Overrun)

/** Something for a run from outside it. A suspended run is queued by it, a paused one by a cancel. `payload` is opaque. */
export interface Message {
  readonly tenant: string
  readonly run: string
  readonly id: string
  readonly kind: 'cancel' | 'pause' | 'answer' | 'event' | 'child'
  readonly payload: Uint8Array
  readonly time: number
  /** For an answer: the open question that it closes; the first one wins. */
  readonly closes?: string
}

export type DeliverOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'ended'; readonly status: EndedStatus }
  | { readonly kind: 'not-open' }

/** An open question to a human. `payload` is the JSON of the `question-asked` body. */
export interface Question {
  readonly tenant: string
  readonly run: string
  readonly id: string
  readonly agent: string
  readonly assignee?: string
  readonly askedAt: number
  readonly deadline?: number
  readonly payload: Uint8Array
}
