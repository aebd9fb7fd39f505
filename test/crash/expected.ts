import type { DecodedEntry, EntryKind } from '../../src/core/entry.ts'
import { entryKindsOf } from '../../src/core/operation-entry.ts'
import type { Collected } from './collect.ts'

/** What a run came to: its output, and which operations it recorded. */
export interface Outcome {
  readonly output: unknown
  readonly path: readonly string[]
}

/** By a name that is the same in every case. */
export type Expected = ReadonlyMap<string, Outcome>

/** What the runs of a store came to. */
export function outcomesOf({ runs }: Collected): Expected {
  const entriesOf = new Map(runs.map(({ record, entries }) => [record.run, entries]))
  const outcomes = new Map<string, Outcome>()
  const turns = new Map<string, number>()
  for (const { record, entries } of runs.toReversed()) {
    const [first] = entries
    if (first?.kind !== 'run-submitted') continue
    const input = JSON.stringify(first.data.input)
    const parent = record.parent === undefined ? '' : ` below ${record.parent.step}`
    const name = `${record.agent} ${input}${parent}`
    const count = (turns.get(name) ?? 0) + 1
    turns.set(name, count)
    outcomes.set(count === 1 ? name : `${name} (${count})`, outcomeOf(record.agent, entriesOf.get(record.run) ?? []))
  }
  return outcomes
}

function outcomeOf(agent: string, entries: readonly DecodedEntry[]): Outcome {
  const last = entries.at(-1)
  const failure = last?.kind === 'run-failed' ? `run-failed: ${last.data.error.message}` : last?.kind
  const output = last?.kind === 'run-completed' ? last.data.output : failure
  if (agent === 'hurried') return hurriedOutcome(output, entries)
  // What it records depends on whether it was interrupted; what it comes to does not.
  if (agent === 'careful') return { output, path: [] }
  // The order of submits in a session is the client's, and may differ.
  if (agent === 'talker') return { output: typeof output, path: pathOf(entries) }
  // How far a budget goes depends on what crashes did cost.
  if (agent === 'frugal') return { output: typeof output, path: [] }
  // When a snapshot is worth its place is a matter of bytes, and of times in them.
  if (agent === 'desk') return { output, path: pathOf(entries.filter(({ kind }) => kind !== 'snapshot-taken')) }
  return { output, path: pathOf(entries) }
}

// Whether the answer or the deadline came first is open; the output has to say what the journal says.
function hurriedOutcome(output: unknown, entries: readonly DecodedEntry[]): Outcome {
  const isAnswered = entries.some(
    ({ kind, data }) => kind === 'question-answered' && (data as { id?: string }).id === 'ask',
  )
  const isHonest = Array.isArray(output) && output[0] === (isAnswered ? 'answered' : 'expired') && output[1] === 'pay'
  return { output: isHonest, path: [] }
}

const RECORDED: ReadonlySet<EntryKind> = new Set<EntryKind>([
  ...(['step-completed', 'step-failed', 'timer-fired', 'child-completed', 'message-received'] as const),
  ...entryKindsOf('whole'),
])

function pathOf(entries: readonly DecodedEntry[]): readonly string[] {
  return entries
    .filter(({ kind }) => RECORDED.has(kind))
    .map(({ kind, data }) => `${kind} ${'id' in data ? data.id : ''}`)
    .sort()
}
