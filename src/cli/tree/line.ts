import { formatDuration } from '../../core/duration.ts'
import { escapeText } from '../terminal/escape.ts'
import type { Style } from '../terminal/style.ts'
import { textWidth, truncate } from '../terminal/width.ts'
import { type NodeStatus, type RunNode, runStatusOf, statusOf, type TreeNode } from './node.ts'

/** How lines are made: with which colours, how wide at most, at what time (ms since the epoch). */
export interface LineOptions {
  readonly style: Style
  /** Cells; `Infinity` where nothing has to be cut. */
  readonly width: number
  readonly now: number
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const
const SPIN_MS = 100
const SYMBOLS: Readonly<Record<Exclude<NodeStatus, 'running'>, string>> = {
  retrying: '↻',
  waiting: '…',
  done: '✓',
  failed: '✗',
  cancelled: '−',
  noted: '•',
}

/** One operation on one line: symbol, name, attempt and time, and what there is to say of it. `prefix` is not styled yet. */
export function nodeLine(prefix: string, name: string, node: TreeNode, options: LineOptions): string {
  const meta = [...(node.attempt > 1 ? [`attempt ${node.attempt}`] : []), ...timing(node, options.now)].join(', ')
  const symbol = paintStatus(symbolOf(node, options.now), statusOf(node), options.style)
  return compose({ prefix, symbol, name, meta, detail: node.detail }, options)
}

/** A run on one line: its agent, id, status and time, and why it ended so. */
export function runLine(prefix: string, run: RunNode, options: LineOptions): string {
  const status = runStatusOf(run)
  const took = formatDuration(Math.max(0, (run.endedAt ?? options.now) - run.startedAt))
  const symbol = paintStatus(RUN_SYMBOLS[status], RUN_COLOURS[status], options.style)
  const meta = `${run.run}  ${status} ${took}`
  return compose({ prefix, symbol, name: run.agent || 'run', meta, detail: run.reason, strong: true }, options)
}

/** A line of text below a node. `prefix` is not styled yet. */
export function textLine(prefix: string, text: string, options: LineOptions, paint = options.style.dim): string {
  return options.style.dim(prefix) + paint(truncate(escapeText(text), options.width - textWidth(prefix)))
}

const RUN_SYMBOLS: Readonly<Record<ReturnType<typeof runStatusOf>, string>> = {
  running: '▶',
  waiting: '…',
  paused: '‖',
  completed: '✓',
  failed: '✗',
  cancelled: '−',
  continued: '→',
  diverged: '✗',
  dead: '✗',
}
const RUN_COLOURS: Readonly<Record<ReturnType<typeof runStatusOf>, NodeStatus>> = {
  running: 'running',
  waiting: 'waiting',
  paused: 'waiting',
  completed: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  continued: 'done',
  diverged: 'failed',
  dead: 'failed',
}

interface Parts {
  readonly prefix: string
  readonly symbol: string
  readonly name: string
  readonly meta: string
  readonly detail: string
  readonly strong?: boolean
}

function compose({ prefix, symbol, name, meta, detail, strong }: Parts, { style, width }: LineOptions): string {
  // The symbol and the space after it.
  let left = width - textWidth(prefix) - 2
  const take = (text: string, gap: number) => {
    const taken = left - gap < 1 ? '' : truncate(escapeText(text), left - gap)
    if (taken !== '') left -= textWidth(taken) + gap
    return taken
  }
  const named = take(name, 0)
  const timed = take(meta, 2)
  const said = take(detail, 2)
  return [
    `${style.dim(prefix)}${symbol} ${strong ? style.bold(named) : named}`,
    ...(timed === '' ? [] : [style.dim(timed)]),
    ...(said === '' ? [] : [said]),
  ].join('  ')
}

function symbolOf(node: TreeNode, now: number): string {
  const status = statusOf(node)
  if (node.question !== undefined) return '?'
  return status === 'running' ? (SPINNER[Math.floor(now / SPIN_MS) % SPINNER.length] ?? '') : SYMBOLS[status]
}

function timing(node: TreeNode, now: number): string[] {
  if (node.status === 'noted') return []
  if (node.ms !== undefined) return [formatDuration(Math.max(0, node.ms))]
  if (node.startedAt === undefined) return []
  const spent = formatDuration(Math.max(0, now - node.startedAt))
  if (node.until === undefined) return [spent]
  const left = formatDuration(Math.max(0, node.until - now))
  return [node.status === 'retrying' ? `in ${left}` : `${spent}, ${left} left`]
}

function paintStatus(symbol: string, status: NodeStatus, style: Style): string {
  if (status === 'done') return style.green(symbol)
  if (status === 'failed') return style.red(symbol)
  if (status === 'running') return style.cyan(symbol)
  return status === 'noted' || status === 'cancelled' ? style.dim(symbol) : style.yellow(symbol)
}
