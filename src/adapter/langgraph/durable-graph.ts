import { type Runnable, type RunnableConfig, RunnablePassthrough } from '@langchain/core/runnables'
import { MemorySaver, START } from '@langchain/langgraph'
import { PolisError } from '../../core/error.ts'
import type { CallTerms } from '../adapter-terms.ts'
import { currentPlace, type Place, runAt } from '../place.ts'
import { stepName } from '../step-name.ts'
import { recordInterruptible } from './record-interruptible.ts'

/** A compiled graph, as far as it is looked into. */
export interface Graph {
  readonly nodes: Readonly<Record<string, Node>>
}

interface Node {
  readonly bound: Runnable
}

/**
 * The same graph, each of whose nodes runs in a branch of its own, named after it, and whose checkpoints are kept in memory alone: the
 * journal is what survives. A node with terms is one step. The graph itself is not changed.
 *
 * @throws PolisError INVALID_ARGUMENT for terms of a node that neither it nor a graph in it has.
 */
export function durableGraph<G extends Graph>(graph: G, nodes: Readonly<Record<string, CallTerms>>): G {
  assertNodes(graph, nodes)
  return Object.create(inBranches(graph, nodes), { checkpointer: { value: new MemorySaver(), writable: true } })
}

// A misspelt name would leave the node to be run again.
function assertNodes(graph: Graph, terms: Readonly<Record<string, CallTerms>>): void {
  const known = namesIn(graph)
  const unknown = Object.keys(terms).filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  throw new PolisError(
    'INVALID_ARGUMENT',
    `runLangGraph: option nodes: expected names of the graph's nodes (${known.join(', ')}), got ${unknown.join(', ')}`,
  )
}

function namesIn({ nodes }: Graph): readonly string[] {
  return Object.entries(nodes)
    .filter(([name]) => name !== START)
    .flatMap(([name, { bound }]) => [name, ...(isGraph(bound) ? namesIn(bound) : [])])
}

function inBranches<G extends Graph>(graph: G, terms: Readonly<Record<string, CallTerms>>): G {
  const nodes = Object.entries(graph.nodes).map(([name, node]) => [name, durableNode(name, node, terms)])
  return Object.create(graph, { nodes: { value: Object.fromEntries(nodes), writable: true } })
}

function durableNode(name: string, node: Node, terms: Readonly<Record<string, CallTerms>>): Node {
  const { bound } = node
  // LangGraph tells nodes without code by this very object.
  if (bound instanceof RunnablePassthrough) return node
  const inner = isGraph(bound) ? inBranches(bound, terms) : bound
  const invoke = (input: unknown, config?: Partial<RunnableConfig>) => {
    const place = currentPlace()
    const call = (asked = config) => inner.invoke(input, asked)
    if (place === undefined || place.step !== undefined) return call()
    const own = terms[name]
    return own === undefined ? inBranch(place, name, call) : asStep(place, name, own, config ?? {}, call)
  }
  return Object.create(node, { bound: { value: Object.create(inner, { invoke: { value: invoke } }) } })
}

function inBranch(place: Place, name: string, call: () => Promise<unknown>): Promise<unknown> {
  return place.context.branch(stepName(name), (context) => runAt({ ...place, context }, call))
}

function asStep(
  place: Place,
  name: string,
  terms: CallTerms,
  config: Partial<RunnableConfig>,
  call: (config: Partial<RunnableConfig>) => Promise<unknown>,
): Promise<unknown> {
  return recordInterruptible(place, {
    kind: 'step',
    name,
    hash: undefined,
    terms,
    config,
    call: (counting, signal) =>
      call({ ...counting, signal: config.signal === undefined ? signal : AbortSignal.any([config.signal, signal]) }),
  })
}

function isGraph(runnable: unknown): runnable is Runnable & Graph {
  return (
    typeof runnable === 'object' && runnable !== null && 'lg_is_pregel' in runnable && runnable.lg_is_pregel === true
  )
}
