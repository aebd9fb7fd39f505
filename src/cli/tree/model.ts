import { brief } from '../terminal/brief.ts'
import { applyEntry } from './apply.ts'
import { withDelta } from './model-step.ts'
import { createRunNode, nodeOf, type OpenQuestion, type RunEntry, type RunNode, type RunTransient } from './node.ts'

/** Runs as a tree: those that were followed first, each with its child runs below the operation that called them. */
export interface TreeModel {
  /** Runs that are nobody's child here, in the order in which they came: the followed run, and those that continue it. */
  readonly roots: readonly RunNode[]
  run(id: string): RunNode | undefined
  /** Takes the next entry of any run; false, and nothing changes, when it was seen before. */
  entry(entry: RunEntry): boolean
  /** Takes what happens inside a step; `now` is in milliseconds since the epoch. */
  transient(event: RunTransient, now: number): void
  /** All questions that nobody has answered, oldest first. */
  questions(): readonly OpenQuestion[]
}

/** An empty tree. */
export function createTreeModel(): TreeModel {
  const roots: RunNode[] = []
  const runs = new Map<string, RunNode>()
  const children = new Set<string>()
  const sequences = new Map<string, number>()
  const runOf = (id: string, time: number): RunNode => {
    const known = runs.get(id)
    if (known) return known
    const run = createRunNode(id, time)
    runs.set(id, run)
    if (!children.has(id)) roots.push(run)
    return run
  }
  return {
    roots,
    run: (id) => runs.get(id),
    entry(entry) {
      if (entry.sequence <= (sequences.get(entry.run) ?? 0)) return false
      sequences.set(entry.run, entry.sequence)
      if (entry.kind === 'child-started') children.add(entry.data.run)
      applyEntry(runOf(entry.run, entry.time), entry)
      return true
    },
    transient: (event, now) => applyTransient(runOf(event.run, now), event, now),
    questions: () => [...runs.values()].flatMap(openQuestions),
  }
}

function applyTransient(run: RunNode, event: RunTransient, now: number): void {
  const node = nodeOf(run, event.step)
  // Transients are hints that may come late: a step that is over stays as it is recorded.
  if (node.startedAt !== undefined && node.ms !== undefined) return
  node.startedAt ??= now
  node.status = 'running'
  if (event.kind === 'progress') node.detail = brief(event.data)
  else if (event.kind === 'delta') node.detail = withDelta(node.detail, event.data)
  else node.detail = ''
}

function openQuestions(run: RunNode): OpenQuestion[] {
  return [...run.nodes.values()].flatMap((node) => (node.question === undefined ? [] : [node.question]))
}
