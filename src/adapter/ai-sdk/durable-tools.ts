import type { ToolSet } from 'ai'
import type { Context } from '../../agent/context.ts'
import type { AdapterTerms } from '../adapter-terms.ts'
import { recordToolCall } from '../record-tool-call.ts'

interface AnyTool {
  readonly execute?: (input: unknown, options: Options) => unknown
}

interface Options {
  readonly abortSignal?: AbortSignal
}

const DURABLE = new WeakSet<object>()

/**
 * Tools of the AI SDK whose calls are steps of the run, each named after its tool. Tools that the SDK does not execute stay as they are.
 *
 * The terms of each call are those that `terms.tools` names; a tool without any is `once`.
 */
export function durableTools<T extends ToolSet>(context: Context, tools: T, terms: AdapterTerms = {}): T {
  const entries = Object.entries(tools).map(([name, tool]) => [name, durable(context, name, tool as AnyTool, terms)])
  return Object.fromEntries(entries)
}

function durable(context: Context, name: string, tool: AnyTool, terms: AdapterTerms): AnyTool {
  const { execute } = tool
  if (execute === undefined || DURABLE.has(tool)) return tool
  const made = Object.assign(Object.create(Object.getPrototypeOf(tool)), tool, {
    execute: (input: unknown, options: Options) =>
      recordToolCall(
        { context, terms },
        {
          tool: name,
          input,
          call: (step) => last(execute.call(tool, input, withSignal(options, step.signal)), step.progress),
        },
      ),
  })
  DURABLE.add(made)
  return made
}

// A tool that yields tells how far it is; what it yields last is its result.
async function last(result: unknown, progress: (data: unknown) => void): Promise<unknown> {
  if (!isIterable(result)) return result
  let final: unknown
  for await (const item of result) {
    final = item
    progress(item)
  }
  return final
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

function withSignal(options: Options, signal: AbortSignal): Options {
  const signals = options.abortSignal === undefined ? [signal] : [options.abortSignal, signal]
  return { ...options, abortSignal: AbortSignal.any(signals) }
}
