/**
 * Group commit.
 *
 * Role: operations of one event-loop turn are applied in order in one transaction, at its end. Boundary: knows transactions and
 * failures, nothing of what an operation does.
 *
 * Invariants:
 * 1. An operation's promise settles after COMMIT has returned, never before (G1, G4).
 * 2. An operation that throws changes nothing and rejects alone: the transaction is rolled back and done again, each operation in a
 *    savepoint of its own. Operations must therefore depend on the database alone.
 * 3. The event loop never waits for another process: a busy database is tried again later, and the group grows meanwhile.
 * 4. After a failed COMMIT nothing of the group is stored, and the next group starts afresh.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { Random } from '../../core/random.ts'
import type { Metrics } from '../../telemetry/metrics-port.ts'
import { isBusy, storeFailure } from './failure.ts'

/** What commits groups, and how it tells of them. */
export interface GroupOptions {
  readonly database: DatabaseSync
  readonly path: string
  readonly clock: Clock
  readonly random: Random
  readonly metrics: Metrics
  /** How long an operation waits for other processes before it is rejected with STORE_BUSY (ms). */
  readonly patience: number
  /** Called as each transaction begins, and again when it is begun anew. */
  readonly begun: () => void
  /** Called once the operations of a group have been resolved. */
  readonly committed: () => void
}

/** Commits operations in groups. */
export interface Group {
  /** Resolves with what the operation answers once it is durable; `now` is the clock's time at the commit. */
  write<T>(apply: (now: number) => T): Promise<T>
  /**
   * Has a read done in the transaction of this turn, before its operations, which saves it one of its own; false when no
   * transaction is coming. The read settles its own promise and never throws.
   */
  readAlong(look: () => void): boolean
  /** Resolves when nothing is pending any more. */
  drain(): Promise<void>
}

interface Pending {
  readonly apply: (now: number) => unknown
  readonly resolve: (answer: unknown) => void
  readonly reject: (reason: PolisError) => void
  /** When it was asked for, by the monotonic clock (ms). */
  readonly since: number
  answer: unknown
  failure: PolisError | undefined
}

/** So many operations at most share a transaction, so that a flood does not hold the event loop for long. */
const MOST = 1000
/** Longest delay before a busy database is tried again (ms). */
const LONGEST_DELAY = 16

/** Makes the group of one connection. */
export function createGroup(options: GroupOptions): Group {
  const { random } = options
  const looks: (() => void)[] = []
  const attempt = createAttempt(options, looks)
  let pending: Pending[] = []
  let armed = false
  let tries = 0
  const waiting: (() => void)[] = []
  const arm = (delay: number) => {
    if (armed) return
    armed = true
    if (delay === 0) setImmediate(flush)
    else setTimeout(flush, delay)
  }
  const flush = () => {
    armed = false
    const group = pending
    pending = group.length > MOST ? group.splice(MOST) : []
    const isDone = commitGroup(options, attempt, group)
    // The transaction could not be begun: reads need none.
    for (const look of looks.splice(0)) look()
    tries = isDone ? 0 : tries + 1
    if (!isDone) pending = [...rejectImpatient(options, group), ...pending]
    if (pending.length > 0) return arm(isDone ? 0 : 1 + random.next() * Math.min(2 ** tries, LONGEST_DELAY))
    for (const done of waiting.splice(0)) done()
  }
  return {
    write: (apply) =>
      new Promise((resolve, reject) => {
        // What it is resolved with is what this very operation answered.
        const settleWith = resolve as (answer: unknown) => void
        const since = performance.now()
        pending.push({ apply, resolve: settleWith, reject, since, answer: undefined, failure: undefined })
        arm(0)
      }),
    readAlong: (look) => {
      if (armed && tries === 0) looks.push(look)
      return armed && tries === 0
    },
    drain: () => (pending.length === 0 ? Promise.resolve() : new Promise((done) => waiting.push(done))),
  }
}

// Does the group in one transaction; false when it has to be tried again because another process is writing.
function commitGroup(options: GroupOptions, attempt: Attempt, group: readonly Pending[]): boolean {
  const { path, committed } = options
  const plain = attempt(group, false)
  const failure = plain === undefined || isStoreFault(plain.reason, path) ? plain : attempt(group, true)
  if (failure !== undefined && isBusy(failure.reason)) return false
  const rejected = failure === undefined ? undefined : storeFailure(failure.reason, path)
  for (const pending of group) settle(pending, rejected)
  measure(options, group, rejected)
  if (rejected === undefined) committed()
  return true
}

type Attempt = (group: readonly Pending[], carefully: boolean) => { readonly reason: unknown } | undefined

function createAttempt({ database, path, clock, begun }: GroupOptions, looks: (() => void)[]): Attempt {
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  return (group, carefully) => {
    try {
      begin.run()
      begun()
      for (const look of looks.splice(0)) look()
      const now = clock.now()
      if (carefully) for (const pending of group) applyCarefully(database, path, pending, now)
      else for (const pending of group) pending.answer = pending.apply(now)
      commit.run()
      return undefined
    } catch (reason) {
      // A full disk makes SQLite roll back by itself.
      if (database.isTransaction) database.exec('ROLLBACK')
      return { reason }
    }
  }
}

function applyCarefully(database: DatabaseSync, path: string, pending: Pending, now: number): void {
  database.exec('SAVEPOINT operation')
  try {
    pending.answer = pending.apply(now)
  } catch (reason) {
    if (isStoreFault(reason, path)) throw reason
    database.exec('ROLLBACK TO operation')
    pending.failure = storeFailure(reason, path)
  }
  database.exec('RELEASE operation')
}

// A fault of the store is everyone's; any other is the operation's own.
function isStoreFault(reason: unknown, path: string): boolean {
  return isBusy(reason) || storeFailure(reason, path).code.startsWith('STORE_')
}

function settle({ answer, failure, resolve, reject }: Pending, rejected: PolisError | undefined): void {
  const reason = rejected ?? failure
  if (reason === undefined) resolve(answer)
  else reject(reason)
}

function rejectImpatient({ patience, metrics }: GroupOptions, group: readonly Pending[]): readonly Pending[] {
  metrics.increment('store_commits_total', { status: 'busy' })
  const oldest = performance.now() - patience
  for (const { since, reject } of group) {
    if (since > oldest) continue
    const waited = `Other processes kept the store busy for ${patience} ms`
    reject(new PolisError('STORE_BUSY', `${waited}: try again, or let fewer processes share it`))
  }
  return group.filter(({ since }) => since > oldest)
}

function measure({ metrics }: GroupOptions, group: readonly Pending[], rejected: PolisError | undefined): void {
  const [first] = group
  if (first === undefined) return
  const status = rejected === undefined ? 'ok' : rejected.code === 'STORE_FULL' ? 'full' : 'error'
  metrics.increment('store_commits_total', { status })
  metrics.observe('store_commit_seconds', {}, (performance.now() - first.since) / 1000)
}
