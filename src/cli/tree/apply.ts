import type { EntryBodies, EntryKind, RecordedError } from '../../core/entry.ts'
import { formatDollars } from '../../core/money.ts'
import { brief } from '../terminal/brief.ts'
import { answerText } from './model-step.ts'
import { isOpen, nodeOf, type RunEntry, type RunNode, type TreeNode } from './node.ts'

type Apply<K extends EntryKind> = (run: RunNode, data: EntryBodies[K], time: number) => void

/** Brings a run's node up to date with its next entry. */
export function applyEntry(run: RunNode, entry: RunEntry): void {
  // The table's row and the entry's data are of one kind, which TypeScript cannot follow through the lookup.
  const apply = APPLY[entry.kind] as Apply<EntryKind> | undefined
  // A newer server may write kinds that this version does not know: they do not show.
  apply?.(run, entry.data, entry.time)
}

const APPLY: { readonly [K in EntryKind]: Apply<K> } = {
  'run-submitted': (run, data, time) => {
    run.agent = data.agent
    run.startedAt = time
  },
  'run-forked': (run) => reopen(run),
  'run-retried': (run) => reopen(run),
  'run-resumed': (run) => reopen(run),
  'run-paused': (run) => {
    run.status = 'paused'
  },
  'step-started': (run, data, time) => {
    const node = begin(run, data.id, time, 'running')
    node.attempt = data.attempt
  },
  'step-retrying': (run, data, time) => {
    const node = begin(run, data.id, time, 'retrying')
    node.attempt = data.attempt + 1
    node.until = data.at
    node.detail = explain(data.error)
  },
  'step-completed': (run, data, time) => {
    const node = end(run, data.id, time, 'done', data.ms)
    node.attempt = data.attempt
    node.detail = answerText(data.output) ?? node.detail
  },
  'step-failed': (run, data, time) => {
    const node = end(run, data.id, time, 'failed', data.ms)
    node.attempt = data.attempt
    node.detail = explain(data.error)
  },
  'step-asked': (run, data, time) => {
    const node = begin(run, data.id, time, 'waiting')
    const { asked, question, schema, about, deadline } = data
    node.question = { run: run.run, id: asked, question, schema, about, deadline }
    node.until = deadline
  },
  'step-answered': (run, data, time) => goOn(run, data.id, time),
  'step-unasked': (run, data, time) => goOn(run, data.id, time),
  'timer-started': (run, data, time) => {
    begin(run, data.id, time, 'waiting').until = data.at
  },
  'timer-fired': (run, data, time) => void end(run, data.id, time, 'done'),
  'question-asked': (run, data, time) => {
    const node = begin(run, data.id, time, 'waiting')
    const { id, question, schema, about, deadline, options } = data
    node.question = { run: run.run, id: data.asked ?? id, question, schema, about, deadline, options }
    node.until = deadline
  },
  'question-answered': (run, data, time) => {
    const node = end(run, data.id, time, 'done')
    node.detail = `${node.question?.question ?? ''} → ${brief(data.answer)}${answerer(data)}`
    delete node.question
  },
  'question-expired': (run, data, time) => {
    const node = end(run, data.id, time, 'failed')
    node.detail = 'nobody answered in time'
    delete node.question
  },
  'message-awaited': (run, data, time) => {
    const node = begin(run, data.id, time, 'waiting')
    node.until = data.deadline
    node.detail = `for a message '${data.name}'`
  },
  'message-arrived': () => {},
  'message-received': (run, data, time) => {
    end(run, data.id, time, 'done').detail = brief(data.data)
  },
  'message-expired': (run, data, time) => {
    end(run, data.id, time, 'failed').detail = 'no message came in time'
  },
  'child-started': (run, data, time) => {
    const node = begin(run, data.id, time, 'running')
    node.child = data.run
    node.detail = data.agent
  },
  'child-completed': (run, data, time) => void end(run, data.id, time, 'done'),
  'child-failed': (run, data, time) => {
    end(run, data.id, time, 'failed').detail = explain(data.error)
  },
  // Recorded times and random numbers are many, and say nothing to who watches.
  'value-recorded': () => {},
  'event-emitted': (run, data, time) => {
    const node = end(run, data.id, time, 'noted')
    node.detail = `${data.name}${data.data === undefined ? '' : ` ${brief(data.data)}`}`
  },
  'race-decided': (run, data, time) => {
    end(run, data.id, time, 'done').detail = `${data.winner} won`
  },
  'session-updated': (run, data, time) => {
    end(run, data.id, time, 'noted').detail = 'session updated'
  },
  'session-titled': (run, data, time) => {
    end(run, data.id, time, 'noted').detail = `session titled ${data.title}`
  },
  'budget-raised': (run, data, time) => {
    const { tokens, nanos } = data.amounts
    const added = [
      ...(tokens === undefined ? [] : [`${tokens} tokens`]),
      ...(nanos === undefined ? [] : [formatDollars(nanos)]),
    ]
    end(run, data.id, time, 'noted').detail = `${data.key} raised by ${added.join(' and ')}`
  },
  // It changes nothing of what the run does.
  'snapshot-taken': () => {},
  'cancel-requested': (run, data) => {
    run.reason = `cancel requested: ${data.reason}`
  },
  'run-completed': (run, _data, time) => close(run, 'completed', '', time),
  'run-failed': (run, data, time) => close(run, 'failed', explain(data.error), time),
  'run-cancelled': (run, data, time) => close(run, 'cancelled', data.reason, time),
  'run-continued': (run, data, time) => {
    close(run, 'continued', `in ${data.run}`, time)
    run.next = data.run
  },
  'run-diverged': (run, data, time) =>
    close(run, 'diverged', `expected ${data.expected}, found ${data.found}, at entry ${data.at}`, time),
  'run-dead': (run, data, time) => close(run, 'dead', data.reason, time),
}

function begin(run: RunNode, id: string, time: number, status: TreeNode['status']): TreeNode {
  const node = nodeOf(run, id)
  node.status = status
  node.startedAt ??= time
  delete node.ms
  delete node.until
  node.detail = ''
  return node
}

// Its question was answered or taken back; the step still executes.
function goOn(run: RunNode, id: string, time: number): void {
  delete begin(run, id, time, 'running').question
}

function end(run: RunNode, id: string, time: number, status: TreeNode['status'], ms?: number): TreeNode {
  const node = nodeOf(run, id)
  // What is recorded only at its end began that much earlier. A node with no beginning took no time.
  node.ms = ms ?? (node.startedAt === undefined ? undefined : time - node.startedAt)
  node.startedAt ??= time - (ms ?? 0)
  node.status = status
  delete node.until
  if (status === 'done') node.detail = ''
  return node
}

function close(run: RunNode, status: RunNode['status'], reason: string, time: number): void {
  run.status = status
  run.reason = reason
  run.endedAt = time
  for (const node of run.nodes.values()) if (node.startedAt !== undefined && isOpen(node)) abandon(node, time)
}

// Losers of a race, and whatever a failed or cancelled run left behind.
function abandon(node: TreeNode, time: number): void {
  node.status = 'cancelled'
  node.ms = time - (node.startedAt ?? time)
  node.detail = ''
  delete node.until
  delete node.question
}

function reopen(run: RunNode): void {
  run.status = 'running'
  run.reason = ''
  delete run.endedAt
}

function answerer({ by, byDeadline }: EntryBodies['question-answered']): string {
  if (byDeadline) return ' (by the deadline)'
  return by === undefined ? '' : ` (${by})`
}

function explain(error: RecordedError): string {
  return `${error.code}: ${error.message}`
}
