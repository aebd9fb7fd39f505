import type { FunctionTool, Tool } from '@openai/agents'
import { currentPlace } from '../place.ts'
import { recordToolCall } from '../record-tool-call.ts'

// A tool is the same from turn to turn, and so is what is made of it.
const MADE = new WeakMap<Tool, Tool>()

/**
 * A tool whose calls are steps wherever they are made within a durable run: functions, and what works on this machine (a shell, an
 * editor, a computer). Tools that the provider executes stay as they are, and so do agents as tools: what they call are steps.
 */
export function durableTool(tool: Tool): Tool {
  const made = MADE.get(tool) ?? make(tool)
  MADE.set(tool, made)
  // Asked for its durable form, it is that already.
  MADE.set(made, made)
  return made
}

function make(tool: Tool): Tool {
  if (tool.type === 'function') return isAgent(tool) ? tool : copy(tool, { invoke: durableInvoke(tool) })
  if (tool.type === 'shell' && tool.shell !== undefined)
    return copy(tool, { shell: durableMethods(tool.shell, tool.name) })
  if (tool.type === 'apply_patch') return copy(tool, { editor: durableMethods(tool.editor, tool.name) })
  if (tool.type === 'computer' && typeof tool.computer === 'object')
    return copy(tool, { computer: durableMethods(tool.computer, tool.name) })
  return tool
}

// Made by `agent.asTool()`: it takes handlers for the events of its agent.
function isAgent(tool: FunctionTool): boolean {
  return 'on' in tool && typeof tool.on === 'function'
}

function durableInvoke(tool: FunctionTool): FunctionTool['invoke'] {
  return async (runContext, input, details) => {
    const place = currentPlace()
    if (place === undefined || place.step !== undefined) return tool.invoke(runContext, input, details)
    const result = await recordToolCall(place, {
      tool: tool.name,
      input,
      call: ({ signal }) => {
        const signals = details?.signal === undefined ? [signal] : [details.signal, signal]
        return tool.invoke(runContext, input, copy(details ?? {}, { signal: AbortSignal.any(signals) }))
      },
    })
    return result as string
  }
}

/** The same object, each of whose methods is a step named after the tool. */
function durableMethods<T extends object>(object: T, tool: string): T {
  return new Proxy(object, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...input: unknown[]) => {
        const place = currentPlace()
        const call = () => Reflect.apply(value, target, input)
        return place === undefined || place.step !== undefined
          ? call()
          : recordToolCall(place, { tool, input: [String(name), ...input], call })
      }
    },
  })
}

// With hidden and symbolic properties, by which the SDK knows its own tools.
function copy<T extends object>(object: T, changes: Partial<T>): T {
  const made = Object.defineProperties({}, Object.getOwnPropertyDescriptors(object))
  for (const [name, value] of Object.entries(changes))
    Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true })
  return made as T
}
