import type { CallToolResult } from '@modelcontextprotocol/client'
import { PolisError } from '../../core/error.ts'
import type { ToolResult } from '../../core/tool.ts'

const LONGEST_MESSAGE = 2000

/** The result of a call; TOOL_FAILED with the tool's own words when it says that it failed. */
export function toToolResult(server: string, tool: string, result: CallToolResult): ToolResult {
  const { content, structuredContent, isError } = result
  const text = content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n')
  if (isError === true) {
    const words = text === '' ? 'it gave no reason' : text.slice(0, LONGEST_MESSAGE)
    throw new PolisError('TOOL_FAILED', `Tool '${tool}' of MCP server '${server}' failed: ${words}`, {
      details: { server, tool, sent: true, text: text.slice(0, LONGEST_MESSAGE) },
    })
  }
  return { content, ...(structuredContent === undefined ? {} : { structured: structuredContent }), text }
}
