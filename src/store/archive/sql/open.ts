import type { Archive } from '../../archive.ts'
import { addCosts, NO_COST } from '../../cost.ts'
import type { Database } from './database.ts'
import { listRuns } from './list.ts'
import { putRun } from './put.ts'
import { listSessions, listTurns, type RunRow, readBlob, readEntries, readHead, recordOf } from './read.ts'
import { expireRuns, removeRun, removeSession } from './removal.ts'

/** Runs below one whose cost is summed up. */
const FAMILY = 10_000

/** The archive in a database that has its tables. */
export function createSqlArchive(database: Database): Archive {
  const close = () => database.close()
  return {
    name: database.name,
    put: (run, content) => putRun(database, run, content),
    get: async (tenant, run) => {
      const [row] = await database.all<RunRow>(
        'SELECT record, archived_at FROM runs WHERE tenant = ? AND run = ? AND sealed = 1',
        ...[tenant, run],
      )
      return row === undefined ? undefined : recordOf(row)
    },
    list: (tenant, filter, page) => listRuns(database, tenant, filter, page),
    read: (tenant, run, after, limit) => readEntries(database, tenant, run, after, limit),
    blob: {
      head: (tenant, hash) => readHead(database, tenant, hash),
      read: (tenant, hash) => readBlob(database, tenant, hash),
    },
    turns: (session, from, limit) => listTurns(database, session, from, limit),
    cost: async (tenant, run) => {
      const rows = await database.all<{ cost: string }>(
        `SELECT cost FROM runs WHERE tenant = ? AND sealed = 1
         AND (run = ? OR run IN (SELECT run FROM above WHERE tenant = ? AND above = ?)) LIMIT ${FAMILY}`,
        ...[tenant, run, tenant, run],
      )
      // Written by `putRun` from a CostRow.
      return rows.reduce((sum, { cost }) => addCosts(sum, JSON.parse(cost)), NO_COST)
    },
    sessions: (store, page) => listSessions(database, store, page),
    remove: (tenant, run, archivedAt) => removeRun(database, tenant, run, archivedAt),
    removeSession: (session, limit) => removeSession(database, session, limit),
    expire: (endedBefore, limit) => expireRuns(database, endedBefore, limit),
    usage: async () => {
      const [runs] = await database.all<{ count: number; entries: number; bytes: number }>(
        'SELECT count(*) AS count, coalesce(sum(sequence), 0) AS entries, coalesce(sum(bytes), 0) AS bytes FROM runs WHERE sealed = 1',
      )
      const [blobs] = await database.all<{ count: number; bytes: number }>(
        'SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes FROM blobs WHERE complete = 1',
      )
      return {
        ...{ runs: Number(runs?.count), entries: Number(runs?.entries), journalBytes: Number(runs?.bytes) },
        ...{ blobs: Number(blobs?.count), blobBytes: Number(blobs?.bytes), disk: await database.size() },
      }
    },
    ping: async () => void (await database.all('SELECT run FROM runs LIMIT 1')),
    close,
    [Symbol.asyncDispose]: close,
  }
}
