import type { RunRecord, RunStatus } from '../../core/run.ts'
import type { Submit, SubmitOutcome } from '../journal.ts'
import { pausedError } from '../transfer/refusal.ts'
import type { Answer } from './answer.ts'
import { blobsOf, bytesOf, disorderOf, packEntries } from './entry.ts'
import type { Operation } from './operation.ts'
import type { Packer } from './pack.ts'
import { readPause } from './pause.ts'
import { packRare, type RarePart } from './rare.ts'
import { idOf, readRecord, tagParts } from './record.ts'

/** Adds a run; over several shards with the turn in which it has its key. */
export function submitOperation(submit: Submit, turn?: number): Operation<SubmitOutcome> {
  return {
    pack: (out) => packSubmit(out, submit, turn),
    entries: submit.entries.length,
    read: (answer) => readOutcome(answer, submit),
  }
}

/** Writes a submit, as an operation or as a part of a commit. */
export function packSubmit(out: Packer, submit: Submit, turn?: number): void {
  const { record, entries } = submit
  out.array(11)
  out.text('submit')
  out.text(idOf(record.tenant, record.run))
  packEntries(out, entries)
  out.number(bytesOf(entries))
  out.text(record.agent)
  out.text(record.release)
  out.value(record.session)
  out.number(record.priority)
  out.number(record.createdAt)
  out.number(record.updatedAt)
  packRare(out, RARE, turn === undefined ? submit : { ...submit, turn })
}

const RARE: readonly RarePart<Submit & { readonly turn?: number }>[] = [
  ['reason', ({ record }) => record.reason],
  ['snapshot', ({ record }) => record.snapshot],
  ['parent', ({ record }) => record.parent && [record.parent.run, record.parent.step]],
  ['tags', ({ record }) => tagParts(record.tags)],
  ['key', ({ key }) => key?.key],
  ['hash', ({ key }) => key?.inputHash],
  ['turn', ({ turn }) => turn],
  ['rejects', ({ session }) => (session?.policy === 'reject' ? true : undefined)],
  ['worker', ({ claim }) => claim?.worker],
  ['at', ({ notBefore }) => notBefore],
  ['blobs', ({ entries, blobs }) => blobsOf(entries, blobs)],
  ['broken', ({ entries, record }) => disorderOf(entries, record, 1)],
]

function readOutcome(answer: Answer, submit: Submit): SubmitOutcome {
  answer.array()
  const kind = answer.text()
  switch (kind) {
    case 'key-conflict':
    case 'session-busy':
      return { kind, run: answer.text() }
    case 'paused':
      // Thrown in its read, and so the operation's own.
      throw pausedError(readPause(answer.text()))
    case 'duplicate':
      return { kind, record: readRecord(answer) }
    default:
      return { kind: 'submitted', record: firstRecord(submit, answer) }
  }
}

// The record as `submit.lua` makes it, which says only what is not known here.
function firstRecord({ record, entries, claim }: Submit, answer: Answer): RunRecord {
  const { worker, wakeAt, endedAt, ...given } = record
  // Written by the library.
  const status = answer.text() as RunStatus
  const wake = answer.maybeNumber()
  const held = status === 'running' && claim !== undefined
  return {
    ...given,
    status,
    ...{ epoch: held ? 1 : 0, sequence: entries.length, bytes: bytesOf(entries), crashes: 0 },
    ...(held ? { worker: claim.worker } : undefined),
    ...(wake === undefined ? undefined : { wakeAt: wake }),
  }
}
