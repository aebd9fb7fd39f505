import { brief } from '../terminal/brief.ts'
import { type LineOptions, nodeLine, runLine, textLine } from './line.ts'
import type { TreeModel } from './model.ts'
import type { OpenQuestion, RunNode, TreeNode } from './node.ts'

/** What the command is that answers a question. */
export type AnswerCommand = (question: OpenQuestion) => string

/** The whole tree as lines that are no wider than asked. */
export function renderTree(model: TreeModel, answerCommand: AnswerCommand, options: LineOptions): readonly string[] {
  const lines: string[] = []
  const drawNode = (node: TreeNode, prefix: string, last: boolean) => {
    lines.push(nodeLine(`${prefix}${last ? '└─ ' : '├─ '}`, node.name, node, options))
    const below = `${prefix}${last ? '   ' : '│  '}`
    const child = node.child === undefined ? undefined : model.run(node.child)
    const further = child !== undefined || node.children.length > 0
    if (node.question)
      lines.push(...questionLines(`${below}${further ? '│ ' : '  '}`, node.question, answerCommand, options))
    drawAll(node.children, below, child === undefined)
    if (child) drawRun(child, `${below}└─ `, `${below}   `)
  }
  const drawAll = (nodes: readonly TreeNode[], prefix: string, toEnd = true) => {
    for (const [at, node] of nodes.entries()) drawNode(node, prefix, toEnd && at === nodes.length - 1)
  }
  const drawRun = (run: RunNode, first: string, below: string) => {
    lines.push(runLine(first, run, options))
    drawAll(run.children, below)
  }
  for (const run of model.roots) drawRun(run, '', '')
  return lines
}

/** A question, what it is about, and how it is answered. */
export function questionLines(
  prefix: string,
  question: OpenQuestion,
  answerCommand: AnswerCommand,
  options: LineOptions,
): readonly string[] {
  return [
    textLine(prefix, question.question, options, options.style.yellow),
    ...(question.about === undefined ? [] : [textLine(prefix, `about: ${brief(question.about)}`, options)]),
    textLine(prefix, `answer: ${answerCommand(question)}`, options, options.style.cyan),
  ]
}
