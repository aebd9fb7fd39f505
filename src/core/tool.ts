import { PolisError } from './error.ts'
import type { InputGiven, InputRequired, ServerAnswer, ServerQuestion } from './server-question.ts'

/**
 * What happens when a call of a tool is made again: it changes nothing (`read`), changes nothing more than the first
 * (`idempotent`, told apart by its key), or must not be made twice (`once`).
 */
export type Effect = 'read' | 'idempotent' | 'once'

/** A tool as its server describes it. */
export interface ToolDescription {
  readonly server: string
  readonly name: string
  /** For people and models; empty when the server gives none. */
  readonly description: string
  /** JSON Schema of the arguments. */
  readonly inputSchema: unknown
  readonly effect: Effect
}

/** What a tool gave back; plain JSON throughout, so that it can be recorded. */
export interface ToolResult {
  /** Content blocks as the protocol has them: `{ type: 'text', text }`, `{ type: 'image', data, mimeType }`, and so on. */
  readonly content: readonly unknown[]
  /** The structured result, where the tool has one. */
  readonly structured?: unknown
  /** All text blocks, joined by line breaks. */
  readonly text: string
}

/** How far a long call has come. */
export interface ToolProgress {
  readonly progress: number
  readonly total?: number
  readonly message?: string
}

/** A document that a server offers. */
export interface ResourceDescription {
  readonly server: string
  readonly uri: string
  readonly name: string
  /** Empty when the server gives none. */
  readonly description: string
  readonly mimeType?: string
}

/** What a server holds under a URI; plain JSON. */
export interface ResourceResult {
  /** As the protocol has them: `{ uri, mimeType, text }`, or `{ uri, mimeType, blob }` in base64. */
  readonly contents: readonly unknown[]
  /** All text of them, joined by line breaks. */
  readonly text: string
}

/** A prompt that a server offers. */
export interface PromptDescription {
  readonly server: string
  readonly name: string
  readonly description: string
  readonly arguments: readonly { readonly name: string; readonly description: string; readonly required: boolean }[]
}

/** A prompt with its arguments filled in; plain JSON. */
export interface PromptResult {
  readonly description: string
  /** As the protocol has them: `{ role, content }`. */
  readonly messages: readonly unknown[]
  /** The text of all messages, joined by line breaks. */
  readonly text: string
}

/** How one request to a server is made. */
export interface ServerRequestOptions {
  readonly signal: AbortSignal
  /** Milliseconds for connecting and calling together; by default the server's own setting. */
  readonly timeout?: number
  /** Answers to what the server asked when the request was made before. */
  readonly given?: InputGiven
  /**
   * Asks the human behind the call while the server holds the request open, as those of the older era do; its time does not count
   * against `timeout`. Without it such a question is cancelled.
   */
  readonly onQuestion?: (question: ServerQuestion) => Promise<ServerAnswer>
}

/** How one call is made. */
export interface ToolCallOptions extends ServerRequestOptions {
  /** Idempotency key of the call, the same when it is made again. */
  readonly key?: string
  readonly onProgress?: (progress: ToolProgress) => void
}

/** Whether a server can be used now, and what is known of it. */
export interface ToolServerCheck {
  readonly server: string
  readonly ok: boolean
  /** For people: what the server is, or what is wrong and what to do. */
  readonly detail: string
  /** Negotiated protocol revision, such as `2026-07-28`. */
  readonly protocol?: string
  /** How many tools it lists. */
  readonly tools?: number
  readonly milliseconds: number
}

/** The servers whose tools agents may call, by the names that the project gives them. */
export interface ToolServers {
  readonly names: readonly string[]
  /**
   * Tools of one server. Connects at the first use; the list is kept until the server says that it changed.
   *
   * Throws UNKNOWN_SERVER, TOOL_UNAVAILABLE, TIMEOUT, CANCELLED, or INVALID_CONFIG when a secret is missing.
   */
  tools(server: string, signal?: AbortSignal): Promise<readonly ToolDescription[]>
  /**
   * Effect of one tool: what the project says of it, else what the server annotates, else `once`.
   *
   * Throws as `tools` does, and INVALID_ARGUMENT for an unknown tool.
   */
  effect(server: string, tool: string): Promise<Effect>
  /**
   * Calls a tool. `args` is a JSON object; undefined means an empty one.
   *
   * Throws as `tools` does, and TOOL_FAILED when the tool reports an error, INVALID_ARGUMENT for an unknown tool or arguments
   * that the server refuses, TOO_LARGE for an answer over the limit. `details.sent` says whether the request may have reached
   * the server: when false, even a `once` tool is safe to call again. A server that must know more first answers InputRequired.
   */
  call(server: string, tool: string, args: unknown, options: ToolCallOptions): Promise<ToolResult | InputRequired>
  /** What a server offers to read. Throws as `tools` does. */
  resources(server: string, signal?: AbortSignal): Promise<readonly ResourceDescription[]>
  /** Reads what a server holds under a URI. Throws as `tools` does, and INVALID_ARGUMENT when it has nothing there. */
  resource(server: string, uri: string, options: ServerRequestOptions): Promise<ResourceResult | InputRequired>
  /** Prompts of one server. Throws as `tools` does. */
  prompts(server: string, signal?: AbortSignal): Promise<readonly PromptDescription[]>
  /** Fills a prompt in. Throws as `tools` does, and INVALID_ARGUMENT for an unknown one or arguments that the server refuses. */
  prompt(
    server: string,
    prompt: string,
    args: Readonly<Record<string, string>>,
    options: ServerRequestOptions,
  ): Promise<PromptResult | InputRequired>
  /** Connects and lists the tools, for `doctor` and readiness. Never throws: what is wrong is in `detail`. */
  check(server: string, signal: AbortSignal): Promise<ToolServerCheck>
  /** Ends every connection and every process that was started; calls in flight fail. Nothing is started again. */
  close(): Promise<void>
}

/** A project without tool servers: every name is unknown. */
export const noToolServers: ToolServers = Object.freeze({
  names: Object.freeze([]),
  tools: refuse,
  effect: refuse,
  call: refuse,
  resources: refuse,
  resource: refuse,
  prompts: refuse,
  prompt: refuse,
  check: async (server: string) => ({ server, ok: false, detail: unknownServer(server, []).message, milliseconds: 0 }),
  close: async () => {},
})

/** The error for a name that is not configured; it lists those that are. */
export function unknownServer(server: string, names: readonly string[]): PolisError {
  const known = names.length === 0 ? 'no servers are configured' : `configured are ${names.join(', ')}`
  return new PolisError(
    'UNKNOWN_SERVER',
    `There is no MCP server '${server}': ${known}. Add it to servers in polis.config.ts`,
    {
      details: { server, names },
    },
  )
}

async function refuse(server: string): Promise<never> {
  throw unknownServer(server, [])
}
