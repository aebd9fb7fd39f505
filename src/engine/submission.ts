import type { Budget } from '../core/budget.ts'
import type { EntryBodies } from '../core/entry.ts'
import type { RunRecord, SessionPolicy } from '../core/run.ts'
import type { BlobPort } from '../store/blob.ts'
import type { Submit } from '../store/journal.ts'
import { spill, toEntry } from './journal-entry.ts'

/** A run to be, before it has a journal. */
export interface Submission {
  readonly tenant: string
  readonly run: string
  readonly agent: string
  readonly release: string
  readonly input: unknown
  readonly time: number
  readonly session?: string
  readonly policy?: SessionPolicy
  readonly parent?: { readonly run: string; readonly step: string }
  readonly tags?: Readonly<Record<string, string>>
  readonly priority?: number
  readonly by?: string
  readonly continues?: string
  readonly webhook?: string
  readonly notBefore?: number
  /** Hashes of blobs that the input names. */
  readonly blobs?: readonly string[]
  /** Of the runs above it, which its calls count against too. */
  readonly budgets?: readonly Budget[]
  /** Agents of the runs above it, the topmost first. */
  readonly above?: readonly string[]
  /** Session and tags of the topmost run, under which its calls are booked too. */
  readonly booked?: EntryBodies['run-submitted']['booked']
  readonly key?: { readonly key: string; readonly inputHash: string }
}

/** The commit that makes a run: its record and `run-submitted`, which the release heads (G9). */
export function toSubmit(submission: Submission): Submit {
  const { tenant, run, release, time } = submission
  const entry = toEntry({ tenant, run, epoch: 0, release }, 1, time, 'run-submitted', bodyOf(submission))
  return {
    record: recordOf(submission, entry.payload.byteLength),
    entries: [entry],
    ...(submission.key === undefined ? {} : { key: submission.key }),
    ...(submission.session === undefined ? {} : { session: { policy: submission.policy ?? 'enqueue' } }),
    ...(submission.blobs === undefined ? {} : { blobs: submission.blobs }),
    ...(submission.notBefore === undefined ? {} : { notBefore: submission.notBefore }),
  }
}

/** Moves an input over the inline limit into a blob. */
export async function spillSubmit(blob: BlobPort, submit: Submit): Promise<Submit> {
  const entries = await spill(blob, submit.entries)
  const blobs = entries.flatMap((entry) => (entry.blob === undefined ? [] : [entry.blob]))
  return blobs.length === 0 ? submit : { ...submit, entries, blobs: [...(submit.blobs ?? []), ...blobs] }
}

function bodyOf(submission: Submission): EntryBodies['run-submitted'] {
  const { agent, input, session, parent, tags = {}, priority = 0, by, continues, webhook } = submission
  const { budgets = [], above = [], booked } = submission
  return {
    agent,
    input,
    ...(session === undefined ? {} : { session }),
    ...(parent === undefined ? {} : { parent }),
    tags,
    priority,
    ...(by === undefined ? {} : { by }),
    ...(continues === undefined ? {} : { continues }),
    ...(webhook === undefined ? {} : { webhook }),
    ...(budgets.length === 0 ? {} : { budgets }),
    ...(above.length === 0 ? {} : { above }),
    ...(booked === undefined ? {} : { booked }),
  }
}

function recordOf(submission: Submission, bytes: number): RunRecord {
  const { tenant, run, agent, release, session, parent, tags = {}, priority = 0, time } = submission
  return {
    tenant,
    run,
    agent,
    release,
    status: 'queued',
    ...(session === undefined ? {} : { session }),
    ...(parent === undefined ? {} : { parent }),
    priority,
    tags,
    epoch: 0,
    sequence: 1,
    bytes,
    crashes: 0,
    createdAt: time,
    updatedAt: time,
  }
}
