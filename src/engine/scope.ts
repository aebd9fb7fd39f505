import type { Amounts, BudgetLimits } from '../core/budget.ts'
import type { PolisError } from '../core/error.ts'
import type { QuestionOption } from '../core/question.ts'
import type { RunRecord } from '../core/run.ts'
import type { Effect } from '../core/tool.ts'
import type { TokenUsage } from '../core/usage.ts'
import type { BlobInfo, BlobRecord } from '../store/blob.ts'

/** What a step's function gets from the engine. */
export interface StepCall {
  /** `run/step`, the same for every attempt. */
  readonly key: string
  readonly attempt: number
  readonly signal: AbortSignal
  progress(data: unknown): void
  /** A piece of the answer on its way; never journalled, and void once `step-reset` says that another attempt begins. */
  delta(data: unknown): void
  /**
   * Asks a human while the step executes, whose time stands still meanwhile. The question ends with the attempt: it is withdrawn when the
   * step ends or its worker dies, and the next attempt asks anew. Rejects TIMEOUT after `terms.timeout`. For callers that are held by a
   * live request; what can wait without one uses `Scope.ask`.
   */
  ask(terms: AskTerms): Promise<unknown>
}

/** A step's terms, all decided; times are milliseconds. */
export interface StepTerms {
  /** For metrics. Default: `tool` where the name has a dot, else `step`. */
  readonly kind?: 'step' | 'tool' | 'model'
  /** Known now, or found out before the first attempt. */
  readonly effect: Effect | (() => Promise<Effect>)
  readonly uncertain: 'ask' | 'fail' | 'retry'
  /** Attempts in all; undefined: 3 for `read` and `idempotent`, 1 for `once`. */
  readonly attempts: number | undefined
  readonly delay: number
  readonly maxDelay: number
  readonly factor: number
  readonly jitter: boolean
  readonly timeout: number
  readonly hash: string | undefined
  /** For a call that costs money: what budgets must hold before it, and what it did cost (G8). */
  readonly spend?: Spend
}

/** What an attempt may cost, and what its outcome did. */
export interface Spend {
  readonly provider: string
  readonly model: string
  /**
   * Counted input and maximum output; `usage` says how they split, for the ledger. Undefined: it has no bound, and a budget
   * refuses it. Without `nanos` the price is not known, and a budget of money refuses it.
   */
  readonly most: (Amounts & { readonly usage?: TokenUsage }) | undefined
  /** Of a result, or of a failure; undefined: nothing was charged. */
  readonly spent: (outcome: { readonly value: unknown } | { readonly error: PolisError }) => Spent | undefined
}

/** What one attempt did cost. */
export interface Spent {
  readonly usage: TokenUsage
  /** Nanodollars; absent when the price is not known. */
  readonly nanos?: number
  /** It is the most that it can have cost, since nobody said what it did. */
  readonly assumed?: true
}

/** A question's terms. `deadline` is milliseconds from now. */
export interface AskTerms {
  readonly question: string
  /** JSON Schema of the answer. */
  readonly schema: unknown
  readonly about?: unknown
  readonly timeout?: number
  readonly options?: readonly QuestionOption[]
  readonly assignee?: string
  /** The answer allows what the code does next: a retry, or a fork, that does not have what that came to asks anew. */
  readonly consent?: true
  /** Taken as the answer after `timeout`; without it the question fails with TIMEOUT. */
  readonly otherwise?: { readonly answer: unknown }
}

/** The tenant's blobs. None of these is recorded: call them within steps. */
export interface ScopeBlobs {
  /** Stores bytes; the run refers to them from its next commit on, so that they stay as long as it does. */
  put(bytes: Uint8Array, info?: BlobInfo): Promise<BlobRecord>
  /** NOT_FOUND when there are none. */
  head(hash: string): Promise<BlobRecord>
  read(hash: string): Promise<Uint8Array>
  /** Has the run refer to a blob that something else stored. */
  keep(hash: string): void
}

/**
 * The operations that the engine offers to code: one scope for the run, one for each parallel branch.
 *
 * Every promise may stay pending for ever, when the run leaves memory; none is rejected for that.
 */
export interface Scope {
  readonly record: RunRecord
  signal(): AbortSignal
  step(name: string, call: (step: StepCall) => unknown, terms: StepTerms): Promise<unknown>
  child(name: string, agent: string, input: unknown, tags: Readonly<Record<string, string>>): Promise<unknown>
  sleep(milliseconds: number): Promise<void>
  ask(name: string, terms: AskTerms): Promise<unknown>
  receive(name: string, timeout: number | undefined): Promise<unknown>
  branch(name: string, code: (scope: Scope) => Promise<unknown>): Promise<unknown>
  all(
    branches: readonly (readonly [name: string, code: (scope: Scope) => Promise<unknown>])[],
  ): Promise<readonly unknown[]>
  race(
    branches: readonly (readonly [name: string, code: (scope: Scope) => Promise<unknown>])[],
  ): Promise<{ readonly winner: string; readonly value: unknown }>
  emit(name: string, data: unknown): Promise<void>
  /** A recorded value; `make` is called once. `kind` is part of the operation's name. */
  value<T>(kind: string, make: () => T): T
  readonly blobs: ScopeBlobs
  /**
   * Adds to a budget what a human allowed; `key` as the details of BUDGET_EXHAUSTED name it. Recorded, and done once.
   *
   * BUDGET_EXHAUSTED carries `{ key, unit, limit, settled, reserved, wanted }`, `unit` being `tokens` or `nanos`.
   */
  raiseBudget(key: string, amounts: BudgetLimits): Promise<void>
  setSession(state: unknown): Promise<void>
  /** Unless a person gave the session a title. */
  setTitle(title: string): Promise<void>
  getSession(): Promise<unknown>
  continueAs(input: unknown): Promise<never>
  /**
   * Records what the code needs to go on from here; the run is resumed from its last snapshot rather than from its first entry.
   *
   * INVALID_ARGUMENT outside of the run's own scope, and while anything else of the run is pending. Code that takes snapshots begins
   * by looking at `resumed`, and must not begin operations before the place where the snapshot was taken.
   */
  snapshot(state: unknown): Promise<void>
  /** The state of the snapshot that this residence of the run began from; undefined when it began with the first entry. */
  readonly resumed: unknown
}
