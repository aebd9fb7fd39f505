import type { Effect } from '../../core/tool.ts'

/** A tool of an MCP server as a run found it: recorded, so that the run keeps it whatever the server lists later. */
export interface ListedTool {
  /** For the model. */
  readonly name: string
  readonly server: string
  /** As the server calls it. */
  readonly tool: string
  readonly description: string
  readonly input: unknown
  readonly effect: Effect
}
