import type { CallToolResult } from '@modelcontextprotocol/client'
import { PolisError } from '../../core/error.ts'
import { type JsonSchema, type Schema, schemaFromJson, validate } from '../../core/schema.ts'
import type { ToolResult } from '../../core/tool.ts'
import type { ListedTool } from './tool-list.ts'

/** Whose result it is; `tool` is the name by which agents know it. */
export interface ResultOf {
  readonly server: string
  readonly tool: string
  readonly listed: ListedTool
}

const LONGEST_MESSAGE = 2000

/**
 * The result of a call.
 *
 * Throws TOOL_FAILED with the tool's own words when it says that it failed, or when its result is not what it says it gives.
 */
export async function toToolResult(of: ResultOf, result: CallToolResult): Promise<ToolResult> {
  const { content, structuredContent, isError } = result
  const text = content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n')
  if (isError === true) {
    const words = text === '' ? 'it gave no reason' : text.slice(0, LONGEST_MESSAGE)
    throw failed(of, `failed: ${words}`, { text: text.slice(0, LONGEST_MESSAGE) })
  }
  await assertKeepsItsWord(of, structuredContent)
  return { content, ...(structuredContent === undefined ? {} : { structured: structuredContent }), text }
}

async function assertKeepsItsWord(of: ResultOf, structured: unknown): Promise<void> {
  const { outputSchema } = of.listed
  if (outputSchema === undefined) return
  if (structured === undefined)
    throw failed(of, 'broke its own contract: it has an output schema and gave no structured result')
  try {
    await validate(schemaOf(of.listed, outputSchema as JsonSchema), structured, 'structured result')
  } catch (cause) {
    throw failed(of, `broke its own contract: ${PolisError.from(cause).message}`, {}, cause)
  }
}

// Compiled once for each listing of the tool.
const SCHEMAS = new WeakMap<ListedTool, Schema>()

function schemaOf(listed: ListedTool, outputSchema: JsonSchema): Schema {
  const known = SCHEMAS.get(listed)
  if (known !== undefined) return known
  const made = schemaFromJson(outputSchema)
  SCHEMAS.set(listed, made)
  return made
}

function failed({ server, tool }: ResultOf, text: string, details: object = {}, cause?: unknown): PolisError {
  return new PolisError('TOOL_FAILED', `Tool '${tool}' of MCP server '${server}' ${text}`, {
    cause,
    details: { server, tool, sent: true, ...details },
  })
}
