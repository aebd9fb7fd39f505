/**
 * A run while it is in memory.
 *
 * Role: the state that the functions of this folder share: what is being replayed, what is in flight, what waits to be committed.
 * Boundary: one worker, one epoch. Dropped whole when the run suspends, ends or is fenced; nothing of it outlives that.
 * Invariants:
 * 1. Entries get their sequence when they are buffered and are committed in that order, one commit at a time (G4).
 * 2. A result is handed to the code only after its entry is durable, and each in a turn of the event loop of its own, so that
 *    the code takes the same path live and replayed (G9).
 * 3. While recorded results remain to be handed out, nothing new is executed (G3).
 * 4. Before a step's function is called, everything recorded before it is durable (G3).
 * 5. After `dropped`, nothing is committed and no promise of the code is settled.
 */
import type { Charge, Raise, Reservation, Settlement } from '../../core/budget.ts'
import type { Entry } from '../../core/entry.ts'
import type { PolisError } from '../../core/error.ts'
import type { OperationKind } from '../../core/operation-entry.ts'
import type { RunRecord } from '../../core/run.ts'
import type { CommitOutcome, Message, Question, Submit, Transition } from '../../store/journal.ts'
import type { Program } from '../program.ts'
import type { Engine } from './engine.ts'
import { createLazyAbort, type LazyAbort } from './lazy-abort.ts'
import type { Arrived, CancelOrder, Recorded, Recording } from './recording.ts'

/** One branch of the code, or the code itself: where operations are counted. */
export interface Lane {
  readonly path: string
  readonly parent: Lane | undefined
  /** Occurrences of each name. */
  readonly names: Map<string, number>
  /** Operations begun. */
  next: number
  /** Operations and branches that the lane's code may be waiting for. */
  pending: number
  /** Nobody wants the lane's result any more. */
  over: boolean
  /** Operations asked for since it was over. */
  refusals: number
  readonly abort: LazyAbort
}

/** An attempt under way: what is booked if its outcome gets lost, and what it holds of budgets until then. */
interface Spending {
  readonly lost: Charge
  readonly reservation?: Reservation
}

/** An operation that the code waits for. */
export interface Operation {
  readonly id: string
  readonly index: number
  readonly hash: string | undefined
  readonly kind: OperationKind
  readonly lane: Lane
  readonly recorded: Recorded | undefined
  readonly resolve: (value: unknown) => void
  readonly reject: (error: PolisError) => void
  /** Makes it happen; called once nothing recorded is left to hand out. */
  readonly start: (operation: Operation) => void
  /** Executing now, as opposed to waiting for something outside. */
  executing: boolean
  settled: boolean
  /** Its end is in an entry, on its way to the code. */
  ended: boolean
  /** When it has something to do by itself: a timer, a retry, a deadline (ms). */
  wakeAt: number | undefined
  /** Undoes what `start` set up: timers, abort listeners. */
  stop: () => void
  /** For a step of unknown outcome: takes the answer of the human who was asked about it. */
  onAnswer?: (answer: unknown) => void
  /** The id of that question. */
  question?: string
  /** For a step: attempts that failed. */
  failures?: number
  /** For a receive: the message's name. */
  awaits?: string
  /** For an attempt that costs money, while its outcome is open. */
  spending?: Spending | undefined
  /** For a call: the child run. */
  child?: string
  /** For a step: how many questions its attempts asked while they executed. */
  asks?: number
}

/** How a run ended: its record, and its last entry. */
export interface RunEnd {
  readonly record: RunRecord
  readonly last: Entry
}

/** What the next commit will hold. */
export interface Batch {
  entries: Entry[]
  /** What few commits have; made by `partsOf`. */
  parts: BatchParts | undefined
  next: Transition | undefined
  done: ((outcome: Settled) => void)[]
}

/** What a commit may hold beside entries. */
export interface BatchParts {
  consumed: string[]
  messages: Message[]
  submits: Submit[]
  asks: Question[]
  closes: string[]
  withdraws: string[]
  /** Hashes of blobs that the run refers to from now on. */
  blobs: string[]
  session: { readonly state: Uint8Array } | 'restore' | undefined
  title: string | undefined
  reserves: Reservation[]
  settles: Settlement[]
  charges: Charge[]
  raises: Raise[]
  /** Its `snapshot-taken` is what the run is resumed from. */
  snapshot: boolean
}

/** What became of a commit, when the run stays in memory: a refused one wrote nothing. */
export type Settled = Exclude<CommitOutcome, { readonly kind: 'fenced' | 'unread' }>

export type Mode = 'running' | 'pausing' | 'draining' | 'ending' | 'dropped'

export interface Residence {
  readonly engine: Engine
  readonly program: Program
  readonly record: RunRecord
  readonly recording: Recording
  readonly root: Lane
  readonly lanes: Set<Lane>
  /** Paths of lanes that are over. */
  readonly closedPaths: Set<string>
  /** Operations that the code waits for, by id. */
  readonly operations: Map<string, Operation>
  /** Asked for while replaying, not recorded: started when the replay is over. */
  fresh: Operation[]
  readonly messages: Map<string, Arrived[]>
  /** Questions of executing steps by id: who takes the answer. */
  readonly asking: Map<string, (answer: unknown, by: string | undefined) => void>
  /** What arrived while the journal was being replayed. */
  inbox: Message[]
  /** Ids of the messages taken from the inbox: one read before the commit that removes it may still come afterwards. */
  readonly taken: Set<string>
  /** Index of the next hand-out. */
  cursor: number
  /** Nothing recorded is left: new operations start at once. */
  live: boolean
  /** What is to be given to the code, each in a turn of its own. */
  readonly handing: (() => void)[]
  turnScheduled: boolean
  /** The next recorded result waits for its turn. */
  pumping: boolean
  /** Of the last entry buffered, of the last one durable, and of the last value that an effect could depend on. */
  sequence: number
  durable: number
  valued: number
  bytes: number
  /** Bytes of the journal before its last snapshot: what is after it counts against the journal's limit. */
  snapped: number
  steps: number
  batch: Batch
  flushScheduled: boolean
  /** What to call once the commit under way is durable; undefined when none is. */
  committing: (() => void)[] | undefined
  executing: number
  mode: Mode
  /** The cancel that reached the code. */
  cancel: CancelOrder | undefined
  /** A cancel is recorded, or about to be: later ones change nothing. */
  cancelRequested: boolean
  /** The message that asked for the pause; it stays in the inbox until the run is paused, so that no crash forgets it. */
  pause: { readonly message: string; readonly by: string | undefined } | undefined
  /** When it last became true that all lanes wait (ms); undefined while something happens. */
  idleSince: number | undefined
  outsideSince: number | undefined
  readonly deadline: number | undefined
  /** Cancels the timer that looks at an idle run again. */
  recheck: () => void
  /** Cancels the timer of the run's deadline, or of its cleanup after a cancel. */
  stopClock: () => void
  /** Looks at the run after a turn in which nothing was given to its code. */
  readonly look: () => void
  /** Hands out the next recorded result, if the code waits for it. */
  readonly pump: () => void
  /** Told once, when the residence ends. */
  readonly onDropped: (why: string, end: RunEnd | undefined) => void
  /** How it ends, once that is being committed. */
  end: RunEnd | undefined
}

/** A batch with nothing in it. */
export function emptyBatch(): Batch {
  return { entries: [], parts: undefined, next: undefined, done: [] }
}

/** The parts of a batch beside its entries, to add to: most commits have none, and a commit is made for every step. */
export function partsOf(batch: Batch): BatchParts {
  batch.parts ??= {
    consumed: [],
    messages: [],
    submits: [],
    asks: [],
    closes: [],
    withdraws: [],
    blobs: [],
    session: undefined,
    title: undefined,
    reserves: [],
    settles: [],
    charges: [],
    raises: [],
    snapshot: false,
  }
  return batch.parts
}

/** A lane below another; the root has no parent and an empty path. */
export function createLane(path: string, parent: Lane | undefined): Lane {
  return { path, parent, names: new Map(), next: 0, pending: 0, over: false, refusals: 0, abort: createLazyAbort() }
}
