import { hasEnded } from '../../core/run.ts'
import type { IndexPort } from '../index-port.ts'
import { sessionTopic } from '../session.ts'
import { pauseOf } from './fact.ts'
import type { Process } from './process.ts'
import { recordOf } from './run-row.ts'
import { untagSession } from './session-change.ts'
import { type LedgerExpiry, prepareLedgerExpiry } from './sql/cost.ts'
import { prepareRemoval, type RemovalStatements } from './sql/removal.ts'
import { touch, type Work } from './work.ts'

type Removal = Pick<IndexPort, 'remove' | 'removeSession' | 'removeSessionRuns' | 'expire'>

/** How long a blob that no run refers to is kept (ms). */
const BLOB_LIFE = 24 * 60 * 60 * 1000
/** So many blobs at most are removed at a time. */
const BLOB_BATCH = 100
/** So many charges of a tenant at most, and budgets. */
const LEDGER_BATCH = 1000

/** The removals of the index port. */
export function createRemoval({ database, work, write }: Process): Removal {
  const statements = prepareRemoval(database)
  const ledger = prepareLedgerExpiry(database)
  return {
    remove: (tenant, run, sequence) => write(() => removeRun(statements, work, tenant, run, sequence)),
    removeSession: (tenant, session) => write(() => removeSession(work, tenant, session)),
    removeSessionRuns: (tenant, session, limit) =>
      write(() => removeSessionRuns(statements, work, tenant, session, limit)),
    expire: ({ endedBefore, chargedBefore, now, limit }) =>
      write(() => {
        if (pauseOf(work) !== undefined) return 0
        const old = endedBefore === undefined ? [] : statements.ended.all(endedBefore, limit)
        for (const { tenant, run } of old) removeRun(statements, work, tenant, run)
        const sessions = removeSessions(statements, work, now, limit - old.length)
        work.keys.expire.run(now)
        removeBlobs(statements, now)
        if (chargedBefore !== undefined) removeSpending(ledger, chargedBefore)
        return old.length + sessions
      }),
  }
}

// Removes an ended run with all that is only its own. Its idempotency key stays, with the record as it was.
function removeRun(statements: RemovalStatements, work: Work, tenant: string, run: string, sequence?: number): boolean {
  const row = work.runs.get.get(tenant, run)
  if (row === undefined || !hasEnded(row.status)) return false
  if (sequence !== undefined && sequence !== row.sequence) return false
  const record = recordOf(row)
  if (row.key !== null) work.keys.keep.run(JSON.stringify(record), tenant, row.agent, row.key, run)
  for (const [name, value] of Object.entries(record.tags)) {
    statements.untag.run(tenant, name, value, row.createdAt, run)
  }
  statements.uncount.run(tenant, run)
  statements.refs.run(tenant, run)
  statements.journal.run(tenant, run)
  statements.inbox.run(tenant, run)
  statements.questions.run(tenant, run)
  if (row.session !== null) work.sessions.forgetTurnsOf.run(tenant, run)
  statements.run.run(tenant, run)
  touch(work, run)
  return true
}

function removeSession(work: Work, tenant: string, session: string): boolean {
  const row = work.sessions.get.get(tenant, session)
  if (row === undefined || row.active !== null) return false
  if (work.runs.firstBlocked.get(tenant, session) !== undefined) return false
  untagSession(work, tenant, session)
  work.sessions.forgetTurns.run(tenant, session)
  touch(work, sessionTopic(session))
  return work.sessions.remove.run(tenant, session).changes > 0
}

// Each run goes after those below it, the lowest first: without it nobody would find them.
function removeSessionRuns(
  statements: RemovalStatements,
  work: Work,
  tenant: string,
  session: string,
  limit: number,
): number {
  let removed = 0
  for (const { run } of statements.ofSession.all(tenant, session, limit)) {
    if (removed >= limit) break
    removed += removeFamily(statements, work, tenant, run, limit - removed)
  }
  return removed
}

function removeFamily(statements: RemovalStatements, work: Work, tenant: string, run: string, limit: number): number {
  let removed = 0
  for (const child of statements.children.all(tenant, run)) {
    if (removed >= limit) break
    removed += removeFamily(statements, work, tenant, child.run, limit - removed)
  }
  return removed < limit && removeRun(statements, work, tenant, run) ? removed + 1 : removed
}

function removeSessions(statements: RemovalStatements, work: Work, now: number, limit: number): number {
  let removed = 0
  for (const { tenant, session } of statements.overdue.all(now, Math.max(0, limit))) {
    if (removed >= limit) break
    removed += removeSessionRuns(statements, work, tenant, session, limit - removed)
    if (removed < limit && removeSession(work, tenant, session)) removed++
  }
  return removed
}

function removeBlobs(statements: RemovalStatements, now: number): void {
  for (const { tenant, hash, content } of statements.unused.all(now - BLOB_LIFE, BLOB_BATCH)) {
    statements.chunks.run(tenant, content)
    statements.blob.run(tenant, hash)
  }
}

function removeSpending(ledger: LedgerExpiry, before: number): void {
  for (const { tenant } of ledger.tenants.all()) ledger.charges.run(tenant, before, LEDGER_BATCH)
  ledger.budgets.run(before, LEDGER_BATCH)
  ledger.raises.run(before)
}
