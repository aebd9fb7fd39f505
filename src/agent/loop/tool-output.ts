import type { ToolResultPart } from '../../core/model.ts'
import type { ToolResult } from '../../core/tool.ts'

/** A tool's result as its step records it and the model gets it. */
export type ToolOutput = ToolResultPart['output']

/** So many characters of a result go to a model: more would push out the rest of the conversation. */
const MOST_CHARACTERS = 100_000

/** What a tool's function answered. */
export function toOutput(value: unknown): ToolOutput {
  if (typeof value === 'string') return { kind: 'text', value: clip(value) }
  if (value === undefined) return { kind: 'text', value: 'done' }
  const text = JSON.stringify(value)
  // Half of a large JSON is none: the model gets it as the text that it is.
  return text !== undefined && text.length > MOST_CHARACTERS
    ? { kind: 'text', value: clip(text) }
    : { kind: 'json', value }
}

/** What the step of a tool recorded: an output, unless a human said what became of a call that was cut off. */
export function fromRecord(recorded: unknown): ToolOutput {
  return isOutput(recorded) ? recorded : toOutput(recorded)
}

/** What an MCP tool answered. Contents that are no text are named, not shown. */
export function fromMcp({ content, structured, text }: ToolResult): ToolOutput {
  if (structured !== undefined && text === '') return toOutput(structured)
  const others = content.flatMap((block) => describeBlock(block) ?? [])
  const said = [text, ...others].filter((part) => part !== '').join('\n')
  return said === '' ? toOutput(structured) : toOutput(said)
}

/** A failure as the model sees it. */
export function toErrorOutput(message: string): ToolOutput {
  return { kind: 'error', value: clip(message) }
}

function isOutput(value: unknown): value is ToolOutput {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('value' in value)) return false
  return value.kind === 'text' || value.kind === 'json' || value.kind === 'error'
}

function clip(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text
  return `${text.slice(0, MOST_CHARACTERS)}\n(${text.length - MOST_CHARACTERS} more characters are left out: ask for less)`
}

function describeBlock(block: unknown): string | undefined {
  if (typeof block !== 'object' || block === null || !('type' in block)) return undefined
  if (block.type === 'text') return undefined
  if (block.type === 'resource' && 'resource' in block) return describeResource(block.resource)
  const type = 'mimeType' in block ? ` ${String(block.mimeType)}` : ''
  const uri = 'uri' in block ? ` ${String(block.uri)}` : ''
  return `[${String(block.type)}${type}${uri}]`
}

function describeResource(resource: unknown): string | undefined {
  if (typeof resource !== 'object' || resource === null) return undefined
  if ('text' in resource && typeof resource.text === 'string') return resource.text
  return `[resource ${'uri' in resource ? String(resource.uri) : ''}]`
}
