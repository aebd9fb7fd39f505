import {
  type CallToolResult,
  type GetPromptResult,
  type InputRequiredResult,
  isInputRequiredResult,
  type ReadResourceResult,
  type RequestOptions,
} from '@modelcontextprotocol/client'
import type { KnownSecrets } from '../../core/known-secrets.ts'
import type { InputRequired } from '../../core/server-question.ts'
import type { ServerRequestOptions, ToolCallOptions } from '../../core/tool.ts'
import type { Connection } from './connection.ts'
import { answerParameters, type KnownAnswers, toInputRequired, toVisits } from './input-required.ts'
import type { ListedTool } from './tool-list.ts'
import { timerLimit } from './wait.ts'

/** One request on a connection: what it is about, and the limits of its time. */
export interface RequestContext {
  /** How errors begin: `Tool 'x' of MCP server 'y'`. */
  readonly subject: string
  readonly signal: AbortSignal
  /** Stops the request's time. */
  readonly hold: () => () => void
  readonly known: KnownAnswers
  readonly secrets: KnownSecrets
}

/** Where the idempotency key of a call stands in the request's `_meta`. */
const KEY_META = 'agentpolis/idempotency-key'

/** Calls a tool; the answer may be that the server must know more first. */
export function requestTool(
  connection: Connection,
  { tool, args }: { readonly tool: ListedTool; readonly args: Record<string, unknown> },
  context: RequestContext,
  options: ToolCallOptions,
): Promise<CallToolResult | InputRequired> {
  const { key, onProgress } = options
  const meta = key === undefined ? {} : { _meta: { [KEY_META]: key } }
  // Without its output schema: the SDK would hold a result that asks for more against it. What it says is checked by `result.ts`.
  const { outputSchema: _, ...toolDefinition } = tool
  const more: RequestOptions =
    onProgress === undefined ? {} : { onprogress: (step) => onProgress(context.secrets.hideIn(withoutUndefined(step))) }
  return converse(connection, context, options, (parameters, how) =>
    connection.client.callTool(
      { name: tool.name, arguments: args, ...meta, ...parameters },
      { ...how, ...more, toolDefinition },
    ),
  )
}

/** Reads a resource. */
export function requestResource(
  connection: Connection,
  uri: string,
  context: RequestContext,
  options: ServerRequestOptions,
): Promise<ReadResourceResult | InputRequired> {
  return converse(connection, context, options, (parameters, how) =>
    connection.client.readResource({ uri, ...parameters }, { ...how, cacheMode: 'bypass' }),
  )
}

/** Fills in a prompt. */
export function requestPrompt(
  connection: Connection,
  { name, args }: { readonly name: string; readonly args: Readonly<Record<string, string>> },
  context: RequestContext,
  options: ServerRequestOptions,
): Promise<GetPromptResult | InputRequired> {
  return converse(connection, context, options, (parameters, how) =>
    connection.client.getPrompt({ name, arguments: { ...args }, ...parameters }, how),
  )
}

async function converse<Result extends object>(
  { client, questions }: Connection,
  { subject, signal, hold, known, secrets }: RequestContext,
  { given, onQuestion }: ServerRequestOptions,
  make: (parameters: Record<string, unknown>, how: RequestOptions) => Promise<Result | InputRequiredResult>,
): Promise<Result | InputRequired> {
  // Our own deadline ends the request; the SDK's must not come before it.
  const how = { signal, timeout: timerLimit(Number.POSITIVE_INFINITY), allowInputRequired: true }
  // The older era has no answers to send along: there the request is just made again.
  const parameters = client.getProtocolEra() === 'modern' ? answerParameters(given) : {}
  const asker = {
    ask: async (question: Parameters<NonNullable<typeof onQuestion>>[0]) => {
      if (onQuestion === undefined) return { action: 'cancel' } as const
      const release = hold()
      return onQuestion(question).finally(release)
    },
  }
  try {
    const result = await questions.during(asker, () => make(parameters, how))
    if (!isInputRequiredResult(result)) return result
    const asked = toInputRequired(subject, result, known)
    return { ...asked, questions: secrets.hideIn(asked.questions) }
  } catch (error) {
    const visits = toVisits(error)
    if (visits !== undefined) return secrets.hideIn(visits)
    throw error
  }
}

function withoutUndefined({ progress, total, message }: { progress: number; total?: number; message?: string }) {
  return {
    progress,
    ...(total === undefined ? {} : { total }),
    ...(message === undefined ? {} : { message }),
  }
}
