import { hasEnded } from '../../core/run.ts'
import type { IndexPort } from '../index-port.ts'
import type { Process } from './process.ts'
import { recordOf } from './run-row.ts'
import { type LedgerExpiry, prepareLedgerExpiry } from './sql/cost.ts'
import { prepareRemoval, type RemovalStatements } from './sql/removal.ts'
import { touch, type Work } from './work.ts'

type Removal = Pick<IndexPort, 'remove' | 'removeSession' | 'expire'>

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
    remove: (tenant, run) => write(() => removeRun(statements, work, tenant, run)),
    removeSession: (tenant, session) => write(() => removeSession(work, tenant, session)),
    expire: ({ endedBefore, chargedBefore, now, limit }) =>
      write(() => {
        const old = endedBefore === undefined ? [] : statements.ended.all(endedBefore, limit)
        for (const { tenant, run } of old) removeRun(statements, work, tenant, run)
        work.keys.expire.run(now)
        removeBlobs(statements, now)
        if (chargedBefore !== undefined) removeSpending(ledger, chargedBefore)
        return old.length
      }),
  }
}

// Removes an ended run with all that is only its own. Its idempotency key stays, with the record as it was.
function removeRun(statements: RemovalStatements, work: Work, tenant: string, run: string): boolean {
  const row = work.runs.get.get(tenant, run)
  if (row === undefined || !hasEnded(row.status)) return false
  const record = recordOf(row)
  if (row.key !== null) work.keys.keep.run(JSON.stringify(record), tenant, row.agent, row.key, run)
  for (const [name, value] of Object.entries(record.tags)) {
    statements.untag.run(tenant, name, value, row.createdAt, run)
  }
  statements.uncount.run(tenant, run)
  statements.refs.run(tenant, run)
  statements.journal.run(tenant, run)
  statements.inbox.run(tenant, run)
  statements.run.run(tenant, run)
  touch(work, run)
  return true
}

function removeSession(work: Work, tenant: string, session: string): boolean {
  const row = work.sessions.get.get(tenant, session)
  if (row === undefined || row.active !== null) return false
  if (work.runs.firstBlocked.get(tenant, session) !== undefined) return false
  return work.sessions.remove.run(tenant, session).changes > 0
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
