import { closeSync, openSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PolisError } from '../../core/error.ts'
import type { Snapshot } from '../transfer.ts'
import { createBlobPort } from './blob.ts'
import { dumpPart } from './dump.ts'
import { entryOf } from './entry.ts'
import { storeFailure } from './failure.ts'
import { prepareSchedules } from './sql/schedule.ts'
import { prepareDump } from './sql/transfer.ts'
import { prepare } from './statement.ts'
import { prepareWork } from './work.ts'

/**
 * A copy of the store at one moment, beside its file, to be read at leisure: a long read of the file itself would keep its log from being
 * emptied. Writers go on meanwhile. The copy has no name any more once it is open, so that it goes with this process, however that ends.
 */
export async function openSnapshot(path: string, database: DatabaseSync): Promise<Snapshot> {
  const copy = openCopy(path, database)
  const work = prepareWork(copy)
  const source = { work, schedules: prepareSchedules(copy), statements: prepareDump(copy) }
  const read = async <T>(operation: () => T) => operation()
  return {
    journal: {
      read: async (tenant, run, after, limit) => work.journal.after.all(tenant, run, after, limit).map(entryOf),
    },
    blob: createBlobPort({
      database: copy,
      read,
      write: () => Promise.reject(new PolisError('INTERNAL', 'A snapshot is only read')),
    }),
    dump: async (part, after, limit) => dumpPart(source, part, after, limit),
    [Symbol.asyncDispose]: async () => copy.close(),
  }
}

function openCopy(path: string, database: DatabaseSync): DatabaseSync {
  removeLeftovers(path)
  const file = `${path}-snapshot-${process.pid}-${performance.now()}`
  try {
    closeSync(openSync(file, 'ax', 0o600))
    prepare(database, 'VACUUM INTO ?').run(file)
    return new DatabaseSync(file, { readOnly: true })
  } catch (reason) {
    throw storeFailure(reason, path)
  } finally {
    rmSync(file, { force: true })
  }
}

// Of processes that died while they copied.
function removeLeftovers(path: string): void {
  const start = `${basename(path)}-snapshot-`
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(start) || isAlive(Number(name.slice(start.length).split('-')[0]))) continue
    rmSync(join(dirname(path), name), { force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (reason) {
    // Another user's process is alive as well.
    return reason instanceof Error && 'code' in reason && reason.code === 'EPERM'
  }
}
