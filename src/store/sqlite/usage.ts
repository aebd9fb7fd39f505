import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import type { RunStatus } from '../../core/run.ts'
import { type PartUsage, type StorePart, type StoreUsage, sumParts } from '../usage.ts'
import { type Process, sizeOf } from './process.ts'
import { prepare } from './statement.ts'

/** Which part a table belongs to; what is no table is an index. */
const PARTS: Readonly<Record<string, StorePart>> = {
  runs: 'runs',
  journal: 'journals',
  inbox: 'inboxes',
  questions: 'inboxes',
  sessions: 'sessions',
  session_turns: 'sessions',
  idempotency: 'keys',
  blobs: 'blobs',
  blob_chunks: 'blobs',
  blob_refs: 'blobs',
  charges: 'ledger',
  budgets: 'ledger',
  reservations: 'ledger',
  raises: 'ledger',
}

/** What is counted of each part. The entries of a journal are counted by its run, which has their number. */
const COUNTS: readonly (readonly [part: StorePart, sql: string])[] = [
  ['journals', 'SELECT coalesce(sum(sequence), 0) AS count FROM runs'],
  ['inboxes', 'SELECT count(*) AS count FROM inbox WHERE pending = 1'],
  ['inboxes', 'SELECT count(*) AS count FROM questions'],
  ['sessions', 'SELECT count(*) AS count FROM sessions'],
  ['keys', 'SELECT count(*) AS count FROM idempotency'],
  ['blobs', 'SELECT count(*) AS count FROM blobs'],
  ['ledger', 'SELECT count(*) AS count FROM charges'],
  ['other', 'SELECT count(*) AS count FROM schedules'],
  ['other', 'SELECT count(*) AS count FROM workers'],
]

/** What the file's tables take. It looks at every page of the file, a table in each turn of the event loop. */
export async function readUsage({ database, path, read }: Process): Promise<StoreUsage> {
  const rows: PartUsage[] = []
  for (const [part, sql] of COUNTS) {
    rows.push({ part, count: await read(() => countOf(database, sql)), bytes: 0 })
    await turn()
  }
  const tables = await read(() => prepare<Table>(database, TABLES).all())
  for (const { name, type } of tables) {
    const part = type === 'index' ? 'indexes' : (PARTS[name] ?? (name.endsWith('_tags') ? 'indexes' : 'other'))
    rows.push({ part, count: 0, bytes: await read(() => bytesOf(database, name)) })
    await turn()
  }
  const runs = await read(() =>
    prepare<RunCount>(database, 'SELECT status, count(*) AS count FROM runs GROUP BY status').all(),
  )
  rows.push({ part: 'runs', count: runs.reduce((sum, { count }) => sum + count, 0), bytes: 0 })
  const used = sizeOf(path) + sizeOf(`${path}-wal`)
  return { parts: sumParts(rows), runs, kind: 'disk', used, estimated: false }
}

interface Table {
  readonly name: string
  readonly type: string
}

interface RunCount {
  readonly status: RunStatus
  readonly count: number
}

const TABLES = "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'index') AND rootpage > 0"

function countOf(database: DatabaseSync, sql: string): number {
  return prepare<{ count: number }>(database, sql).get()?.count ?? 0
}

function bytesOf(database: DatabaseSync, name: string): number {
  const sql = 'SELECT pgsize AS size FROM dbstat WHERE name = ? AND aggregate = TRUE'
  return prepare<{ size: number }>(database, sql).get(name)?.size ?? 0
}
