import type { Archive } from '../../archive.ts'
import type { Database, Statement } from './database.ts'

/** Removes a run with all that is only its own, whole or not; false when there is none. */
export async function removeRun(
  database: Database,
  tenant: string,
  run: string,
  archivedAt?: number,
): Promise<boolean> {
  for (;;) {
    const [row] = await database.all<{ attempt: string; sealed: number; archived_at: number }>(
      'SELECT attempt, sealed, archived_at FROM runs WHERE tenant = ? AND run = ?',
      ...[tenant, run],
    )
    if (row === undefined || row.archived_at !== (archivedAt ?? row.archived_at)) return false
    const hashes = await hashesOf(database, tenant, run)
    // A run refers to its blobs from its first transactions on: while its mark is the same, they are those that were read, or none is.
    const guard: Statement = [
      'UPDATE runs SET sealed = sealed WHERE tenant = ? AND run = ? AND attempt = ? AND sealed = ?',
      ...[tenant, run, row.attempt, row.sealed],
    ]
    const removal: readonly Statement[] = [
      ...holdBlobs(tenant, hashes),
      ['DELETE FROM runs WHERE tenant = ? AND run = ?', tenant, run],
      ...freeBlobs(tenant, hashes),
    ]
    if ((await database.write(removal, guard)) !== undefined) return row.sealed === 1
  }
}

/** Removes runs of a session with those below them, until so many are gone. */
export async function removeSession(
  database: Database,
  { tenant, session, createdAt }: Parameters<Archive['removeSession']>[0],
  limit: number,
): Promise<number> {
  const which = createdAt === undefined ? '' : ' AND created_at = ?'
  const rows = await database.all<{ run: string }>(
    `SELECT DISTINCT run FROM sessions WHERE tenant = ? AND session = ?${which} ORDER BY run LIMIT ?`,
    ...[tenant, session, ...(createdAt === undefined ? [] : [createdAt]), limit],
  )
  for (const { run } of rows) await removeRun(database, tenant, run)
  return rows.length
}

/** Removes runs that ended before a time, until so many are gone. */
export async function expireRuns(database: Database, endedBefore: number, limit: number): Promise<number> {
  const rows = await database.all<{ tenant: string; run: string }>(
    'SELECT tenant, run FROM runs WHERE ended_at < ? ORDER BY ended_at LIMIT ?',
    ...[endedBefore, limit],
  )
  for (const { tenant, run } of rows) await removeRun(database, tenant, run)
  return rows.length
}

/** The blobs that a run refers to. */
export async function hashesOf(database: Database, tenant: string, run: string): Promise<readonly string[]> {
  const rows = await database.all<{ hash: string }>(
    'SELECT hash FROM refs WHERE tenant = ? AND run = ? ORDER BY hash',
    ...[tenant, run],
  )
  return rows.map(({ hash }) => hash)
}

/** Has whoever is about to refer to one of these wait until the transaction is over. */
export function holdBlobs(tenant: string, hashes: readonly string[]): readonly Statement[] {
  return hashes.map((hash) => ['UPDATE blobs SET complete = complete WHERE tenant = ? AND hash = ?', tenant, hash])
}

/** Removes those of the blobs that no run refers to any more. */
export function freeBlobs(tenant: string, hashes: readonly string[]): readonly Statement[] {
  return hashes.map((hash) => [
    `DELETE FROM blobs WHERE tenant = ? AND hash = ?
     AND NOT EXISTS (SELECT 1 FROM refs WHERE refs.tenant = blobs.tenant AND refs.hash = blobs.hash)`,
    ...[tenant, hash],
  ])
}
