import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { McpTools } from '../mcp-tools.ts'
import type { Tool } from '../tool.ts'

/** Another agent as a tool: a call is a child run. Every definition is one. */
export interface AgentTool {
  readonly kind: 'agent'
  readonly name: string
  readonly description: string
  readonly input: StandardSchemaV1 | undefined
}

/** What an agent may give its model: its own tools, those of an MCP server, another agent, or the name of a server or an agent. */
export type LoopTool = Tool | McpTools | AgentTool | string
