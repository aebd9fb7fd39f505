import { type LineOptions, nodeLine, runLine } from './line.ts'
import type { TreeModel } from './model.ts'
import { operationOf, type RunEntry, type TreeNode } from './node.ts'
import { type AnswerCommand, questionLines } from './render.ts'

// What the reader of a log needs nothing of: it is said by another entry, or says nothing.
const SILENT: ReadonlySet<string> = new Set(['value-recorded', 'message-arrived'])

/** What one entry, which the model has taken already, adds to an output that cannot be redrawn. */
export function appendedLines(
  model: TreeModel,
  entry: RunEntry,
  answerCommand: AnswerCommand,
  options: LineOptions,
): readonly string[] {
  const run = model.run(entry.run)
  if (run === undefined) return []
  const prefix = model.roots.includes(run) ? '' : `${run.agent} › `
  if (entry.kind === 'run-submitted') return prefix === '' ? [runLine('', run, options)] : []
  if (SILENT.has(entry.kind)) return []
  const id = operationOf(entry)
  const node = id === undefined ? undefined : run.nodes.get(id)
  if (node === undefined) return [runLine(prefix, run, options)]
  return [nodeLine(prefix, node.id, stilled(node), options), ...ask(node, answerCommand, options)]
}

// A spinner that cannot turn would be another symbol on each line.
function stilled(node: TreeNode): TreeNode {
  return node.status === 'running' ? { ...node, status: 'noted', detail: node.detail || 'started' } : node
}

function ask(node: TreeNode, answerCommand: AnswerCommand, options: LineOptions): readonly string[] {
  return node.question === undefined ? [] : questionLines('  ', node.question, answerCommand, options)
}
