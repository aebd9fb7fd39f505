import { randomUUID } from 'node:crypto'
import type { BudgetRecord, Charge, Reservation } from '../../core/budget.ts'
import type { Entry } from '../../core/entry.ts'
import type { RunRecord } from '../../core/run.ts'
import type { BlobRecord } from '../blob.ts'
import type { ScheduleRecord, WorkerRecord } from '../coordination.ts'
import type { Message, Question } from '../journal.ts'
import type { SessionTurn } from '../session.ts'
import type { StoreState } from '../transfer.ts'
import { createLists, createTable, keyOf, type Lists, type Table, type UndoLog } from './table.ts'

/** A run: its record, since when it waits in the queue (ms), the blobs it refers to, and the idempotency key it came under. */
export interface RunRow {
  readonly record: RunRecord
  readonly queuedAt: number
  readonly blobs: readonly string[]
  readonly key?: string
}

/** An idempotency key. `run` is the record as last seen; it stays when the run is removed. `endsAt` is set once the run ended. */
export interface KeyRow {
  readonly run: RunRecord
  readonly inputHash: string
  readonly endsAt?: number
}

/**
 * A session. `before` is its state from before the active run; `blocked` are the runs that wait for their turn, oldest first; `turns` are
 * those whose runs are still there, of `counted` in all; `named` says that a person gave the title.
 */
export interface SessionRow {
  readonly tenant: string
  readonly session: string
  readonly agent: string
  readonly state: Uint8Array
  readonly before: Uint8Array
  readonly version: number
  readonly active?: string
  readonly blocked: readonly string[]
  readonly title?: string
  readonly named: boolean
  readonly tags: Readonly<Record<string, string>>
  readonly ttl?: number
  readonly turns: readonly SessionTurn[]
  readonly counted: number
  readonly createdAt: number
  readonly updatedAt: number
}

/** An undelivered message; `order` is the order of arrival. */
export interface InboxRow {
  readonly message: Message
  readonly order: number
}

/** A blob with its bytes. */
export interface BlobRow {
  readonly tenant: string
  readonly record: BlobRecord
  readonly bytes: Uint8Array
}

/** An open reservation. */
export interface ReservationRow {
  readonly tenant: string
  readonly run: string
  readonly reservation: Reservation
}

/** What there is one of. */
export type StoreFacts = Omit<StoreState, 'format'>

/** The key of the only row of `facts`. */
export const STORE = 'store'

/** All rows. */
export interface Tables {
  readonly runs: Table<RunRow>
  readonly journals: Lists<Entry>
  readonly keys: Table<KeyRow>
  readonly sessions: Table<SessionRow>
  readonly inbox: Table<InboxRow>
  /** Runs by the messages that were ever delivered to them, so that none is applied twice. */
  readonly delivered: Lists<string>
  readonly questions: Table<Question>
  readonly workers: Table<WorkerRecord>
  readonly schedules: Table<ScheduleRecord>
  /** Who leads in what, until when (ms). */
  readonly leads: Table<{ readonly holder: string; readonly until: number }>
  readonly blobs: Table<BlobRow>
  readonly budgets: Table<BudgetRecord>
  readonly reservations: Table<ReservationRow>
  /** Raises that were done, and when. */
  readonly raises: Table<{ readonly time: number }>
  readonly charges: Table<{ readonly tenant: string; readonly charge: Charge }>
  readonly facts: Table<StoreFacts>
}

/** An open store on a state: what a process has of it. */
export interface Attached {
  /** Ends it as kill -9 does. */
  crash(): void
  /** Says that another process committed something. */
  hint(): void
  /** Says that a worker was reaped: it may be one of this process. */
  reaped(worker: string): void
}

/** Data that several memory stores share, as processes share a file. */
export interface MemoryState extends Tables {
  /** Undoes what is not synced yet. */
  readonly undo: UndoLog
  /** Ids of the runs changed since it was last emptied. */
  readonly touched: Set<string>
  /** Worker → the store that holds its lease. Leases are not data: they go with their holder. */
  readonly leases: Map<string, Attached>
  readonly attached: Set<Attached>
  /** Groups committed and not synced, and after how many a sync comes by itself. */
  readonly unsynced: { groups: number; readonly most: number }
  readonly arrivals: { last: number }
  /** As fsync: nothing that was committed until now is lost by a power loss. */
  sync(): void
  /** A power loss: all processes die, and what was not synced is gone. */
  losePower(): void
  /** The committed data as it is now, in a state of its own, held by no process. */
  copy(): MemoryState
}

/** How a state keeps its promises. */
export interface MemoryStateOptions {
  /** A store of durability `process` has its groups synced after so many; by default after each. `Infinity` leaves it to `sync`. */
  readonly syncEvery?: number
}

/** An empty state. */
export function memoryState({ syncEvery = 1 }: MemoryStateOptions = {}): MemoryState {
  const undo: UndoLog = []
  const tables: Tables = {
    runs: createTable(undo),
    journals: createLists(undo),
    keys: createTable(undo),
    sessions: createTable(undo),
    inbox: createTable(undo),
    delivered: createLists(undo),
    questions: createTable(undo),
    workers: createTable(undo),
    schedules: createTable(undo),
    leads: createTable(undo),
    blobs: createTable(undo),
    budgets: createTable(undo),
    reservations: createTable(undo),
    raises: createTable(undo),
    charges: createTable(undo),
    facts: createTable(undo, new Map([[STORE, { incarnation: randomUUID() }]])),
  }
  return stateOf(tables, undo, syncEvery, 0)
}

function stateOf(tables: Tables, undo: UndoLog, syncEvery: number, arrivals: number): MemoryState {
  const state: MemoryState = {
    ...tables,
    undo,
    touched: new Set(),
    leases: new Map(),
    attached: new Set(),
    unsynced: { groups: 0, most: syncEvery },
    arrivals: { last: arrivals },
    sync: () => {
      undo.length = 0
      state.unsynced.groups = 0
    },
    losePower: () => {
      for (const store of [...state.attached]) store.crash()
      undoTo(undo, 0)
      state.sync()
    },
    copy: () => copyState(state),
  }
  return state
}

function copyState(state: MemoryState): MemoryState {
  const undo: UndoLog = []
  const tables: Tables = {
    runs: state.runs.copy(undo),
    journals: state.journals.copy(undo),
    keys: state.keys.copy(undo),
    sessions: state.sessions.copy(undo),
    inbox: state.inbox.copy(undo),
    delivered: state.delivered.copy(undo),
    questions: state.questions.copy(undo),
    workers: state.workers.copy(undo),
    schedules: state.schedules.copy(undo),
    leads: state.leads.copy(undo),
    blobs: state.blobs.copy(undo),
    budgets: state.budgets.copy(undo),
    reservations: state.reservations.copy(undo),
    raises: state.raises.copy(undo),
    charges: state.charges.copy(undo),
    facts: state.facts.copy(undo),
  }
  return stateOf(tables, undo, state.unsynced.most, state.arrivals.last)
}

/** Does one operation wholly or not at all: what it changed before it threw is taken back. */
export function attempt<T>(state: MemoryState, operation: () => T): T {
  const start = state.undo.length
  try {
    return operation()
  } catch (error) {
    undoTo(state.undo, start)
    throw error
  }
}

function undoTo(undo: UndoLog, length: number): void {
  while (undo.length > length) undo.pop()?.()
}

/** The run's row. */
export function findRun(state: MemoryState, tenant: string, run: string): RunRow | undefined {
  return state.runs.get(keyOf(tenant, run))
}

/** Sets the run's row, and remembers that the run changed. */
export function putRun(state: MemoryState, row: RunRow): void {
  state.runs.set(keyOf(row.record.tenant, row.record.run), row)
  state.touched.add(row.record.run)
}

/** The run's undelivered messages, oldest first. */
export function inboxOf(state: MemoryState, tenant: string, run: string): readonly InboxRow[] {
  return [...state.inbox.values()]
    .filter(({ message }) => message.tenant === tenant && message.run === run)
    .sort((a, b) => a.order - b.order)
}

/** The undelivered messages of all runs that the worker holds, oldest first. */
export function inboxOfWorker(state: MemoryState, worker: string): readonly InboxRow[] {
  const held = [...state.runs.values()].filter(({ record }) => record.status === 'running' && record.worker === worker)
  return held.flatMap(({ record }) => inboxOf(state, record.tenant, record.run)).sort((a, b) => a.order - b.order)
}

/** The run's open questions. */
export function questionsOf(state: MemoryState, tenant: string, run: string): readonly Question[] {
  return [...state.questions.values()].filter((question) => question.tenant === tenant && question.run === run)
}
