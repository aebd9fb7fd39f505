import type { Entry } from '../../../core/entry.ts'
import type { RunRecord } from '../../../core/run.ts'
import type { SessionRef } from '../../archive.ts'
import type { BlobRecord } from '../../blob.ts'
import { readChunks } from '../../chunk.ts'
import type { Page, Paged } from '../../index-port.ts'
import { pageOf, placeAfter } from '../../page.ts'
import type { SessionTurn } from '../../session.ts'
import type { Database } from './database.ts'

/** What a record is made from. */
export interface RunRow {
  /** JSON. */
  readonly record: string
  readonly archived_at: number
}

/** The row's record. */
export function recordOf({ record, archived_at: archivedAt }: RunRow): RunRecord {
  return { ...JSON.parse(record), archivedAt }
}

const SEALED = `EXISTS (SELECT 1 FROM runs AS r WHERE r.tenant = ? AND r.run = ? AND r.sealed = 1)`

/** Entries after a sequence, in order. */
export async function readEntries(
  database: Database,
  tenant: string,
  run: string,
  after: number,
  limit: number,
): Promise<readonly Entry[]> {
  const rows = await database.all<Omit<Entry, 'blob'> & { readonly blob: string | null }>(
    `SELECT version, tenant, run, sequence, epoch, kind, time, release, blob, payload FROM entries
     WHERE tenant = ? AND run = ? AND sequence > ? AND ${SEALED} ORDER BY sequence LIMIT ?`,
    ...[tenant, run, Math.max(0, after), tenant, run, limit],
  )
  // A plain Uint8Array, as stores answer.
  return rows.map(({ blob, payload, ...entry }) => ({
    ...entry,
    payload: new Uint8Array(payload),
    ...(blob === null ? {} : { blob }),
  }))
}

interface BlobRow {
  readonly size: number
  readonly name: string | null
  readonly media_type: string | null
  readonly created_at: number
}

/** A blob that is there whole. */
export async function readHead(database: Database, tenant: string, hash: string): Promise<BlobRecord | undefined> {
  const [row] = await database.all<BlobRow>(
    'SELECT size, name, media_type, created_at FROM blobs WHERE tenant = ? AND hash = ? AND complete = 1',
    ...[tenant, hash],
  )
  if (row === undefined) return undefined
  return {
    ...{ hash, size: row.size, createdAt: row.created_at },
    ...(row.name === null ? {} : { name: row.name }),
    ...(row.media_type === null ? {} : { mediaType: row.media_type }),
  }
}

/** Its bytes, a chunk at a time. */
export async function readBlob(
  database: Database,
  tenant: string,
  hash: string,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const head = await readHead(database, tenant, hash)
  const next = async (part: number) => {
    const [row] = await database.all<{ bytes: Uint8Array }>(
      'SELECT bytes FROM chunks WHERE tenant = ? AND hash = ? AND part = ?',
      ...[tenant, hash, part],
    )
    return row === undefined ? undefined : new Uint8Array(row.bytes)
  }
  return head === undefined ? undefined : readChunks(head, next)
}

/** Turns of a session from a place on, in order. */
export async function listTurns(
  database: Database,
  { tenant, session, createdAt }: SessionRef,
  from: number,
  limit: number,
): Promise<readonly SessionTurn[]> {
  const rows = await database.all<{
    place: number
    run: string
    after_sequence: number
    until_sequence: number | null
  }>(
    `SELECT t.place, t.run, t.after_sequence, t.until_sequence FROM turns AS t
     JOIN runs AS r ON r.tenant = t.tenant AND r.run = t.run AND r.sealed = 1
     WHERE t.tenant = ? AND t.session = ? AND t.created_at = ? AND t.place >= ? ORDER BY t.place LIMIT ?`,
    ...[tenant, session, createdAt, from, limit],
  )
  return rows.map(({ place, run, after_sequence: after, until_sequence: until }) => ({
    ...{ place, run, after },
    ...(until === null ? {} : { until }),
  }))
}

/** Sessions that have runs here which came from a store, of those whose beginning is known. */
export async function listSessions(database: Database, store: string, page: Page): Promise<Paged<SessionRef>> {
  const [createdAt, tenant = '', session = ''] = page.cursor === undefined ? [0] : placeAfter(page)
  const rows = await database.all<{ tenant: string; session: string; created_at: number }>(
    `SELECT DISTINCT tenant, session, created_at FROM sessions
     WHERE (tenant, session, created_at) > (?, ?, ?) AND created_at > 0 AND store = ? ORDER BY tenant, session, created_at LIMIT ?`,
    ...[tenant, session, createdAt, store, page.limit + 1],
  )
  return pageOf(
    rows,
    page,
    (row) => [row.created_at, row.tenant, row.session],
    (row) => ({ tenant: row.tenant, session: row.session, createdAt: row.created_at }),
  )
}
