import type { QuestionOption } from '../../core/question.ts'
import type { EntryView, TransientView } from '../../core/route/wire.ts'

/** An entry of any run, as journals and streams have it. */
export type RunEntry = EntryView & { readonly run: string }

/** What happens inside a step of any run. */
export type RunTransient = TransientView & { readonly run: string }

/** How a node of the tree stands. `noted` is for what happens in an instant: an event, a decision. */
export type NodeStatus = 'running' | 'retrying' | 'waiting' | 'done' | 'failed' | 'cancelled' | 'noted'

/** A human is asked, and has not answered. */
export interface OpenQuestion {
  readonly run: string
  readonly id: string
  readonly question: string
  readonly schema: unknown
  readonly about?: unknown
  readonly deadline?: number
  readonly options?: readonly QuestionOption[]
}

/** One operation of a run, or a scope that holds operations. Texts are as the run gave them: escape before showing. */
export interface TreeNode {
  readonly id: string
  readonly name: string
  status: NodeStatus
  /** Milliseconds since the epoch; absent for a scope. */
  startedAt?: number
  /** Milliseconds that it took, once it is over. */
  ms?: number
  attempt: number
  /** What there is to say of it in a few words. */
  detail: string
  /** When its wait is over, at the latest. */
  until?: number
  question?: OpenQuestion
  /** Id of the child run that it waits for. */
  child?: string
  readonly children: TreeNode[]
}

/** What is known of one run from its entries. */
export interface RunNode {
  readonly run: string
  agent: string
  status: 'running' | 'paused' | 'completed' | 'failed' | 'cancelled' | 'continued' | 'diverged' | 'dead'
  startedAt: number
  endedAt?: number
  /** Why it ended so. */
  reason: string
  /** The run that goes on, once it is `continued`. */
  next?: string
  readonly children: TreeNode[]
  readonly nodes: Map<string, TreeNode>
}

/** A run of which nothing is known but that it exists. */
export function createRunNode(run: string, time: number): RunNode {
  return { run, agent: '', status: 'running', startedAt: time, reason: '', children: [], nodes: new Map() }
}

/** The node of an operation's id, made with the scopes above it when it is new. Its path parts are separated by slashes. */
export function nodeOf(run: RunNode, id: string): TreeNode {
  const known = run.nodes.get(id)
  if (known) return known
  const slash = id.lastIndexOf('/')
  const siblings = slash < 0 ? run.children : nodeOf(run, id.slice(0, slash)).children
  const node: TreeNode = {
    id,
    name: id.slice(slash + 1),
    status: 'running',
    attempt: 1,
    detail: '',
    children: [],
  }
  run.nodes.set(id, node)
  siblings.push(node)
  return node
}

/** Whether anything of the node is still going on. A scope is as open as what it holds. */
export function isOpen(node: TreeNode): boolean {
  return statusOf(node) === 'running' || statusOf(node) === 'retrying' || statusOf(node) === 'waiting'
}

/** The node's status; a scope's comes from what it holds. */
export function statusOf(node: TreeNode): NodeStatus {
  if (node.startedAt !== undefined || node.children.length === 0) return node.status
  const statuses = node.children.map(statusOf)
  for (const status of ['running', 'retrying', 'waiting', 'failed'] as const)
    if (statuses.includes(status)) return status
  return statuses.every((status) => status === 'cancelled') ? 'cancelled' : 'done'
}

/** The run's status, with `waiting` for a run that goes on but whose every open operation waits. */
export function runStatusOf(run: RunNode): RunNode['status'] | 'waiting' {
  if (run.status !== 'running') return run.status
  const open = run.children.filter(isOpen)
  return open.length > 0 && open.every((node) => statusOf(node) === 'waiting') ? 'waiting' : 'running'
}

/** The operation that an entry is about, if it is about one. */
export function operationOf(entry: RunEntry): string | undefined {
  return 'id' in entry.data ? entry.data.id : undefined
}
