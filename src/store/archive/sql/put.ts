/**
 * Copies one run into an archive.
 *
 * Role: writes the run in bounded transactions, and seals it in the last one. Boundary: where the bytes come from is the caller's.
 * 1. What is written before the seal is seen by no read, and is replaced by the next attempt.
 * 2. Each transaction first takes the run's row, if it still has this attempt's mark: of two attempts the earlier ends with CONFLICT.
 * 3. A run is sealed only with as many entries as its record says.
 * 4. A run refers to a blob before the blob's bytes are looked for: so it is not removed meanwhile with the last other run.
 */
import { randomUUID } from 'node:crypto'
import type { Entry } from '../../../core/entry.ts'
import { PolisError } from '../../../core/error.ts'
import type { ArchivedRun, RunContent } from '../../archive.ts'
import { chunksOf } from '../../chunk.ts'
import type { Database, Statement } from './database.ts'
import { freeBlobs, hashesOf, holdBlobs } from './removal.ts'

/** Entries written in one transaction. */
const BATCH = 200

interface Attempt {
  readonly tenant: string
  readonly run: string
  readonly attempt: string
}

/** Keeps the run, unless it is there as it is given. */
export async function putRun(database: Database, run: ArchivedRun, content: RunContent): Promise<'kept' | 'there'> {
  const { tenant, run: id } = run.record
  if (await isThere(database, run)) return 'there'
  const attempt: Attempt = { tenant, run: id, attempt: randomUUID() }
  await begin(database, attempt, run)
  try {
    await copy(database, attempt, run, content)
  } catch (reason) {
    await abandon(database, attempt, run.blobs)
    throw reason
  }
  return 'kept'
}

async function copy(database: Database, attempt: Attempt, run: ArchivedRun, content: RunContent): Promise<void> {
  await writeAs(database, attempt, belongings(run))
  for await (const entries of content.entries()) {
    for (let at = 0; at < entries.length; at += BATCH) {
      await writeAs(database, attempt, entries.slice(at, at + BATCH).map(insertEntry))
    }
  }
  for (const hash of run.blobs) await putBlob(database, attempt, hash, content)
  await seal(database, attempt)
}

async function isThere(database: Database, { record }: ArchivedRun): Promise<boolean> {
  const { tenant, run, createdAt, sequence } = record
  const rows = await database.all(
    'SELECT run FROM runs WHERE tenant = ? AND run = ? AND sealed = 1 AND created_at >= ? AND sequence >= ?',
    ...[tenant, run, createdAt, sequence],
  )
  return rows.length > 0
}

// An unfinished copy, or one of an earlier state, makes way with all that belongs to it.
async function begin(database: Database, mine: Attempt, run: ArchivedRun): Promise<void> {
  const { tenant, run: id, createdAt, sequence } = run.record
  const old = await hashesOf(database, tenant, id)
  const done = await database.write([
    ...holdBlobs(tenant, old),
    [
      'DELETE FROM runs WHERE tenant = ? AND run = ? AND (sealed = 0 OR created_at < ? OR sequence < ?)',
      ...[tenant, id, createdAt, sequence],
    ],
    ...freeBlobs(tenant, old),
    insertRun(run, mine.attempt),
  ])
  if (done?.at(-1) === 0) throw isTaken(id)
}

function insertRun({ record, archivedAt, cost }: ArchivedRun, attempt: string): Statement {
  const { tenant, run, agent, release, status, session, parent, createdAt, updatedAt, endedAt = updatedAt } = record
  return [
    `INSERT INTO runs (tenant, run, agent, release, status, session, parent, created_at, ended_at, archived_at, sequence, bytes,
       sealed, attempt, record, cost)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?) ON CONFLICT DO NOTHING`,
    ...[tenant, run, agent, release, status, session ?? null, parent?.run ?? null, createdAt, endedAt, archivedAt],
    ...[record.sequence, record.bytes, attempt, JSON.stringify(record), JSON.stringify(cost)],
  ]
}

function belongings({ record: { tenant, tags, run }, above, sessions, store, turns, blobs }: ArchivedRun): Statement[] {
  const [own] = sessions
  return [
    ...Object.entries(tags).map((tag): Statement => [INSERT.tag, tenant, JSON.stringify(tag), run]),
    ...above.map((id): Statement => [INSERT.above, tenant, id, run]),
    ...sessions.map(({ session, createdAt }): Statement => [INSERT.session, tenant, session, createdAt, run, store]),
    ...turns.flatMap(({ place, after, until }): Statement[] =>
      own === undefined ? [] : [[INSERT.turn, tenant, own.session, own.createdAt, place, run, after, until ?? null]],
    ),
    ...blobs.map((hash): Statement => [INSERT.ref, tenant, run, hash]),
  ]
}

const INSERT = {
  tag: 'INSERT INTO tags (tenant, tag, run) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  above: 'INSERT INTO above (tenant, above, run) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  session:
    'INSERT INTO sessions (tenant, session, created_at, run, store) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  turn: `INSERT INTO turns (tenant, session, created_at, place, run, after_sequence, until_sequence)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ref: 'INSERT INTO refs (tenant, run, hash) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  entry: `INSERT INTO entries (tenant, run, sequence, version, epoch, kind, time, release, blob, payload)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  blob: `INSERT INTO blobs (tenant, hash, size, name, media_type, created_at, complete) VALUES (?, ?, ?, ?, ?, ?, 0)
    ON CONFLICT (tenant, hash) DO UPDATE SET created_at = excluded.created_at`,
  chunk: 'INSERT INTO chunks (tenant, hash, part, bytes) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
} as const

function insertEntry({ tenant, run, sequence, version, epoch, kind, time, release, blob, payload }: Entry): Statement {
  return [INSERT.entry, tenant, run, sequence, version, epoch, kind, time, release, blob ?? null, payload]
}

async function putBlob(database: Database, mine: Attempt, hash: string, content: RunContent): Promise<void> {
  const { tenant } = mine
  const { record, bytes } = await content.blob(hash)
  const { size, name, mediaType, createdAt } = record
  await writeAs(database, mine, [[INSERT.blob, tenant, hash, size, name ?? null, mediaType ?? null, createdAt]])
  const [known] = await database.all<{ complete: number }>(
    'SELECT complete FROM blobs WHERE tenant = ? AND hash = ?',
    ...[tenant, hash],
  )
  if (known?.complete === 1) return
  let part = 0
  for await (const chunk of chunksOf(bytes))
    await writeAs(database, mine, [[INSERT.chunk, tenant, hash, part++, chunk]])
  await writeAs(database, mine, [['UPDATE blobs SET complete = 1 WHERE tenant = ? AND hash = ?', tenant, hash]])
}

async function abandon(database: Database, mine: Attempt, blobs: readonly string[]): Promise<void> {
  const { tenant, run, attempt } = mine
  const removal: readonly Statement[] = [
    ...holdBlobs(tenant, blobs),
    ['DELETE FROM runs WHERE tenant = ? AND run = ? AND attempt = ?', tenant, run, attempt],
    ...freeBlobs(tenant, blobs),
  ]
  // Where even that fails, the next attempt finds what is left.
  await database.write(removal, guardOf(mine)).catch(() => {})
}

async function writeAs(database: Database, mine: Attempt, statements: readonly Statement[]): Promise<void> {
  if ((await database.write(statements, guardOf(mine))) === undefined) throw isTaken(mine.run)
}

function guardOf({ tenant, run, attempt }: Attempt): Statement {
  return [
    'UPDATE runs SET sealed = 0 WHERE tenant = ? AND run = ? AND attempt = ? AND sealed = 0',
    ...[tenant, run, attempt],
  ]
}

async function seal(database: Database, { tenant, run, attempt }: Attempt): Promise<void> {
  const sealed = await database.write(
    [],
    [
      `UPDATE runs SET sealed = 1 WHERE tenant = ? AND run = ? AND attempt = ?
     AND sequence = (SELECT count(*) FROM entries WHERE entries.tenant = runs.tenant AND entries.run = runs.run)`,
      ...[tenant, run, attempt],
    ],
  )
  if (sealed !== undefined) return
  const what = 'its entries are not as many as its record says, or another process copies it'
  throw new PolisError('CONFLICT', `Run ${run} was not archived: ${what}`)
}

function isTaken(run: string): PolisError {
  return new PolisError(
    'CONFLICT',
    `Run ${run} was not archived: another process copies it, or it was removed meanwhile`,
  )
}
