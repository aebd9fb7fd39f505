import { Runnable } from '@langchain/core/runnables'
import { Command, type Interrupt, isInterrupted } from '@langchain/langgraph'
import type { Context } from '../../agent/context.ts'
import { PolisError } from '../../core/error.ts'
import { type JsonSchema, schemaFromJson } from '../../core/schema.ts'
import type { AdapterTerms, CallTerms } from '../adapter-terms.ts'
import { runAt } from '../place.ts'
import { durableGraph, type Graph } from './durable-graph.ts'
import { instrument } from './instrument.ts'

/** A compiled graph, an entrypoint of the functional API, or what holds one as `graph`, such as an agent of `createAgent`. */
export interface AnyGraph {
  invoke(input: never, options?: never): Promise<unknown>
}

/** Terms of a graph's run. */
export interface LangGraphTerms extends AdapterTerms {
  /**
   * Nodes that are one step each, on these terms: for those that do something by themselves, without a chat model or a tool. What they
   * call has no step of its own.
   */
  readonly nodes?: Readonly<Record<string, CallTerms>>
  /** Handed to the graph: `recursionLimit`, `context`, `configurable`, and so on. */
  readonly config?: object
}

type OutputOf<G extends AnyGraph> = Awaited<ReturnType<G['invoke']>>

/**
 * Runs a compiled graph of LangGraph.js as it is inside a durable run: calls of chat models and tools in its nodes become steps,
 * interrupts become questions to a human, whose answer is what `interrupt()` returns.
 *
 * The journal takes the place of the graph's checkpointer: each run is a thread of its own, begun with `input`.
 *
 * @throws PolisError INVALID_ARGUMENT for anything that is not a graph of the copy of `@langchain/core` that this package finds.
 */
export async function runLangGraph<G extends AnyGraph>(
  context: Context,
  graph: G,
  input: Parameters<G['invoke']>[0],
  { nodes = {}, config = {}, ...terms }: LangGraphTerms = {},
): Promise<OutputOf<G>> {
  const durable = durableGraph(graphOf(graph), nodes)
  instrument()
  const configurable = 'configurable' in config ? (config.configurable as object) : {}
  const options = { ...config, configurable: { ...configurable, thread_id: context.run } }
  for (let next: unknown = input; ; ) {
    const output = await runAt({ context, terms }, () => durable.invoke(next as never, options as never))
    if (!isInterrupted(output)) return output as OutputOf<G>
    next = await answers(context, output.__interrupt__, terms)
  }
}

// One answer needs no id, and an interrupt of an older graph has none.
async function answers(context: Context, interrupts: readonly Interrupt[], terms: AdapterTerms): Promise<Command> {
  const found = await Promise.all(interrupts.map((interrupt) => ask(context, interrupt, terms)))
  if (found.length === 1) return new Command({ resume: found[0] })
  return new Command({ resume: Object.fromEntries(interrupts.map(({ id = '' }, at) => [id, found[at]])) })
}

function ask(context: Context, { value, ...rest }: Interrupt, { questions }: AdapterTerms): Promise<unknown> {
  // A JSON Schema, where the interrupt says one.
  const schema = 'response_schema' in rest ? (rest.response_schema as JsonSchema) : {}
  return context.ask(questionOf(value), schemaFromJson(schema), { ...questions, name: 'interrupt', about: value })
}

function questionOf(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value
  const fields = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  for (const text of [fields.question, fields.message, fields.description, fields.prompt])
    if (typeof text === 'string' && text !== '') return text
  return 'The graph waits for an answer.'
}

function graphOf(graph: unknown): Graph & AnyGraph {
  const found = typeof graph === 'object' && graph !== null && 'graph' in graph ? graph.graph : graph
  // A compiled graph has both.
  if (found instanceof Runnable && 'nodes' in found) return found as unknown as Graph & AnyGraph
  throw new PolisError(
    'INVALID_ARGUMENT',
    'runLangGraph: expected a compiled graph of @langchain/langgraph. If it is one, there are two copies of @langchain/core, and its models would not be recorded: "npm ls @langchain/core" shows them, "npm dedupe" may mend it',
  )
}
