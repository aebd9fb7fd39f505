import type { Effect } from '../../core/tool.ts'

/**
 * A tool from elsewhere as a run found it: recorded, so that the run keeps it, whatever a server lists later, and whatever becomes of the
 * agent, whose code is of another release.
 */
export type ListedTool = ServerTool | ListedAgent

/** A tool of an MCP server. */
export interface ServerTool {
  readonly kind: 'server'
  /** For the model. */
  readonly name: string
  readonly server: string
  /** As the server calls it. */
  readonly tool: string
  readonly description: string
  readonly input: unknown
  readonly effect: Effect
}

/** Another agent. */
export interface ListedAgent {
  readonly kind: 'agent'
  readonly name: string
  readonly description: string
  readonly input: unknown
}
