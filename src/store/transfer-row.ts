import type { Amounts, BudgetRecord, Charge } from '../core/budget.ts'
import type { Entry } from '../core/entry.ts'
import type { RunRecord } from '../core/run.ts'
import type { BlobRecord } from './blob.ts'
import type { ScheduleRecord } from './coordination.ts'
import type { Message, Question } from './journal.ts'
import type { SessionTurn } from './session.ts'

/** What stores are made of, whoever keeps them; bytes are opaque. The file of an export has these, one a line. */
export type Row = RunRow | EntriesRow | SessionRow | BudgetRow | RaiseRow | ChargeRow | KeyRow | ScheduleRow | BlobRow

/** A run as it is at one moment, with all that is only its own but its journal, which is as long as `record.sequence` says. */
export interface RunRow {
  readonly kind: 'run'
  readonly record: RunRecord
  /** Since when it waits in the queue (ms). */
  readonly queuedAt: number
  /** Hashes of the blobs that it refers to. */
  readonly blobs: readonly string[]
  /** The idempotency key that stands for it; `endsAt` once it ended (ms). */
  readonly key?: { readonly key: string; readonly inputHash: string; readonly endsAt?: number }
  /** Its turns in its session, in order. */
  readonly turns: readonly SessionTurn[]
  /** Undelivered messages, oldest first, and the ids of those that were consumed. */
  readonly inbox: readonly Message[]
  readonly consumed: readonly string[]
  readonly questions: readonly Question[]
  readonly reservations: readonly OpenReservation[]
  readonly charges: readonly Charge[]
}

/** A reservation as stores keep it: its limits are those of its budgets. */
export interface OpenReservation {
  readonly id: string
  readonly amounts: Amounts
  readonly keys: readonly string[]
  readonly charge: Charge
}

/** Some entries of a run's journal that follow one another: they come before the run, which makes them readable. */
export interface EntriesRow {
  readonly kind: 'entries'
  readonly tenant: string
  readonly run: string
  readonly entries: readonly Entry[]
}

/** A session, but for its turns. `before` is its state from before the active run, `blocked` who waits, oldest first. */
export interface SessionRow {
  readonly kind: 'session'
  readonly tenant: string
  readonly session: string
  readonly agent: string
  readonly title?: string
  /** Whether a person gave the title. */
  readonly named: boolean
  readonly tags: Readonly<Record<string, string>>
  readonly ttl?: number
  readonly state: Uint8Array
  readonly before: Uint8Array
  readonly version: number
  /** Turns that there ever were. */
  readonly counted: number
  readonly active?: string
  readonly blocked: readonly string[]
  readonly createdAt: number
  readonly updatedAt: number
}

/** A budget, but for what is reserved of it, which the open reservations of runs say. */
export interface BudgetRow extends Omit<BudgetRecord, 'reserved'> {
  readonly kind: 'budget'
}

/** A raise that was done. */
export interface RaiseRow {
  readonly kind: 'raise'
  readonly tenant: string
  readonly id: string
  readonly time: number
}

/** A row of the ledger whose run was removed. */
export interface ChargeRow {
  readonly kind: 'charge'
  readonly tenant: string
  readonly charge: Charge
}

/** An idempotency key whose run was removed, with the run's record as it was. */
export interface KeyRow {
  readonly kind: 'key'
  readonly tenant: string
  readonly agent: string
  readonly key: string
  readonly inputHash: string
  readonly endsAt?: number
  readonly run: RunRecord
}

export interface ScheduleRow {
  readonly kind: 'schedule'
  readonly schedule: ScheduleRecord
}

/** A blob; its bytes are read and put by the blob port. */
export interface BlobRow extends Omit<BlobRecord, 'createdAt'> {
  readonly kind: 'blob'
  readonly tenant: string
}
