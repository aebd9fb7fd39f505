import { notBegunError, unfinishedError } from '../transfer/refusal.ts'
import type { TransferPort } from '../transfer.ts'
import { dumpPart } from './dump.ts'
import { beginImport, importOf, pause, resume, setProgress, stateOf } from './fact.ts'
import type { Process } from './process.ts'
import { mendSession, restoreRow } from './restore.ts'
import { openSnapshot } from './snapshot.ts'
import { prepareSchedules } from './sql/schedule.ts'
import { prepareDump, prepareRestore } from './sql/transfer.ts'

/** So many sessions are put in order in one commit. */
const MENDED = 500

/** The transfer port. A snapshot is a copy of the file, which is gone with the process that reads it. */
export function createTransfer({ path, database, work, write, read }: Process): TransferPort {
  const schedules = prepareSchedules(database)
  const source = { work, schedules, statements: prepareDump(database) }
  const target = { work, schedules, statements: prepareRestore(database) }
  const mend = (after: string | undefined) =>
    write((now) => {
      const { rows, next } = dumpPart(source, 'session', after, MENDED)
      for (const row of rows) if (row.kind === 'session') mendSession(target, row.tenant, row.session, now)
      return next
    })
  return {
    state: () => read(() => stateOf(work)),
    pause: (reason) => write((now) => pause(work, reason, now)),
    resume: async () => {
      const importing = await write(() => resume(work))
      if (importing !== undefined) throw unfinishedError(importing)
    },
    snapshot: () => openSnapshot(path, database),
    dump: (part, after, limit) => read(() => dumpPart(source, part, after, limit)),
    begin: (id) => write((now) => beginImport(work, id, source.statements.found.get()?.what, now)),
    restore: (rows, progress) =>
      write((now) => {
        const importing = importOf(work)
        if (importing === undefined) throw notBegunError()
        for (const row of rows) restoreRow(target, row, now)
        setProgress(work, { ...importing, progress })
      }),
    finish: async () => {
      let after = await mend(undefined)
      while (after !== undefined) after = await mend(after)
      await write(() => setProgress(work, undefined))
    },
  }
}
