import { ENTRY_VERSION, type Entry, type EntryBodies } from '../../core/entry.ts'
import { decode } from '../../core/json.ts'
import type { RunRecord } from '../../core/run.ts'
import type { WorkerRecord } from '../../store/coordination.ts'
import type { Question } from '../../store/journal.ts'
import type { SessionRecord } from '../../store/session.ts'
import type { Store } from '../../store/store.ts'
import { decodeEntry } from '../journal-entry.ts'
import { ANY_RELEASE } from '../release.ts'
import type { QuestionView, RunView } from './service.ts'
import type { SessionView } from './session-service.ts'

/** A run as clients see it: `waiting-for-release` where no worker holds what it began with (G9). */
export function toView(record: RunRecord, workers: readonly WorkerRecord[]): RunView {
  if (record.status !== 'queued' || workers.length === 0) return record
  const held = workers.some(
    ({ releases }) => releases[record.agent] === record.release || releases[record.agent] === ANY_RELEASE,
  )
  if (held) return record
  return {
    ...record,
    status: 'waiting-for-release',
    reason: `no worker holds release ${record.release} of ${record.agent}`,
  }
}

/** The view with what the run came to, read from its last entry. */
export async function withResult(store: Store, record: RunRecord, workers: readonly WorkerRecord[]): Promise<RunView> {
  const view = toView(record, workers)
  if (!HAVE_RESULT.has(record.status)) return view
  const [last] = await store.journal.read(record.tenant, record.run, record.sequence - 1, 1)
  return last === undefined ? view : withLast(store, view, last)
}

/** The view with what the run's last entry says that it came to. */
export async function withLast(store: Store, view: RunView, last: Entry): Promise<RunView> {
  if (last.version > ENTRY_VERSION) return view
  const { kind, data } = await decodeEntry(store.blob, last)
  switch (kind) {
    case 'run-completed':
      return { ...view, output: data.output }
    case 'run-failed':
      return { ...view, error: data.error }
    case 'run-dead':
      return data.error === undefined ? view : { ...view, error: data.error }
    case 'run-cancelled':
      return { ...view, error: { code: 'CANCELLED', message: data.reason } }
    case 'run-diverged': {
      const { expected, found, at } = data
      const message = `Replay expected ${expected} (entry ${at}) and found ${found}: fork the run before that entry, or bring the old code back and retry`
      return { ...view, error: { code: 'DIVERGED', message, details: { expected, found, at } } }
    }
    case 'run-continued':
      return { ...view, continuedAs: data.run }
    default:
      return view
  }
}

const HAVE_RESULT: ReadonlySet<string> = new Set(['completed', 'failed', 'dead', 'cancelled', 'diverged', 'continued'])

/** An open question as clients see it. */
export function toQuestionView({ run, agent, id, askedAt, deadline, payload }: Question): QuestionView {
  // Written by the engine as the body of its entry.
  const { question, schema, about, options, assignee, otherwise } = decode(payload) as EntryBodies['question-asked']
  return {
    ...{ run, agent, id, question, schema, askedAt },
    ...(about === undefined ? {} : { about }),
    ...(options === undefined ? {} : { options }),
    ...(assignee === undefined ? {} : { assignee }),
    ...(deadline === undefined ? {} : { deadline }),
    ...(otherwise === undefined ? {} : { otherwise }),
  }
}

/** A session as clients see it. */
export function toSessionView({ tenant: _, state, ...session }: SessionRecord): SessionView {
  return { ...session, state: decode(state) ?? null }
}
