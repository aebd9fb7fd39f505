import { randomUUID } from 'node:crypto'
import { notBegunError, notEmptyError, RESTORED, unfinishedError } from '../transfer/refusal.ts'
import type { Dumped, StoreState, TransferPort } from '../transfer.ts'
import type { Row } from '../transfer-row.ts'
import type { Answer } from './answer.ts'
import { createBlobPort } from './blob.ts'
import { dumpListed } from './dump.ts'
import { createJournal } from './journal.ts'
import { plainOperation, readNothing } from './operation.ts'
import { readPause, writePause } from './pause.ts'
import { mendOperation, restoreOperation } from './restore.ts'
import { createScheduling } from './schedule.ts'
import type { Shard } from './shard.ts'

/** So many sessions are put in order at a time. */
const MENDED = 200

/**
 * The transfer port over one shard.
 *
 * There is no copy of a shard at one moment: a snapshot is the store itself, in which a run with those below it is of one moment, and so
 * is the session of one that is open.
 */
export function createTransfer(shard: Shard, now: () => number): TransferPort {
  const { write, read } = shard
  const dump = createDump(shard)
  return {
    state: () => read(plainOperation(['state'], readState)),
    pause: (reason) => write(plainOperation(['pause', writePause(reason, now())], readNothing)),
    resume: async () => {
      if (await write(plainOperation(['resume'], (answer) => answer.boolean()))) return
      const { importing } = await read(plainOperation(['state'], readState))
      throw importing === undefined ? notBegunError() : unfinishedError(importing)
    },
    snapshot: async () => {
      const { journal, blob } = { journal: createJournal(shard), blob: createBlobPort(shard) }
      return { journal, blob, dump: withoutRepeats(dump), [Symbol.asyncDispose]: async () => {} }
    },
    dump: (part, after, limit) => withoutRepeats(dump)(part, after, limit),
    begin: ({ id }) => write(plainOperation(['begin', id, writePause(RESTORED, now()), randomUUID()], readBegun)),
    restore: async (rows, progress) => {
      const { importing } = await read(plainOperation(['state'], readState))
      if (importing === undefined) throw notBegunError()
      const operations = rows.flatMap((row) => restoreOperation(row) ?? [])
      await Promise.all(operations.map((operation) => write(operation)))
      await write(plainOperation(['progress', progress], readNothing))
    },
    finish: async () => {
      let after: string | undefined
      do {
        const { rows, next } = await dump('session', after, MENDED)
        await Promise.all(rows.map((row) => row.kind === 'session' && write(mendOperation(row))))
        after = next
      } while (after !== undefined)
      await write(plainOperation(['progress'], readNothing))
    },
  }
}

function createDump(shard: Shard): TransferPort['dump'] {
  const { head } = createBlobPort(shard)
  const { schedules } = createScheduling(shard)
  return async (part, after, limit): Promise<Dumped> => {
    if (part !== 'schedule') return dumpListed({ read: shard.read, head }, part, after, limit)
    return { rows: (await schedules()).map((schedule) => ({ kind: 'schedule', schedule })) }
  }
}

/** Leaves out blobs that were dumped before: one is read for each run that refers to it. Their hashes are few beside their bytes. */
export function withoutRepeats(dump: TransferPort['dump']): TransferPort['dump'] {
  const seen = new Set<string>()
  const isNew = (row: Row) => {
    if (row.kind !== 'blob') return true
    const name = `${row.tenant}:${row.hash}`
    return !seen.has(name) && seen.add(name) !== undefined
  }
  return async (part, after, limit) => {
    const { rows, ...rest } = await dump(part, after, limit)
    return { rows: part === 'blob' ? rows.filter(isNew) : rows, ...rest }
  }
}

function readState(answer: Answer): StoreState {
  answer.array()
  const [format, incarnation] = [answer.number(), answer.text()]
  const [paused, id, progress] = [answer.maybeText(), answer.maybeText(), answer.number()]
  return {
    ...{ format, incarnation },
    ...(paused === undefined ? {} : { paused: readPause(paused) }),
    ...(id === undefined ? {} : { importing: { id, progress } }),
  }
}

function readBegun(answer: Answer): number {
  answer.array()
  if (answer.kind() === 'number') return answer.number()
  answer.skip()
  const other = answer.maybeText()
  throw other === undefined ? notEmptyError(answer.text()) : unfinishedError({ id: other })
}
