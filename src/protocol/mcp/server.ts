import { createKnownSecrets, type KnownSecrets } from '../../core/known-secrets.ts'
import type { InputRequired } from '../../core/server-question.ts'
import { isInputRequired } from '../../core/server-question.ts'
import type {
  Effect,
  PromptDescription,
  PromptResult,
  ResourceDescription,
  ResourceResult,
  ServerRequestOptions,
  ToolCallOptions,
  ToolDescription,
  ToolResult,
  ToolServerCheck,
} from '../../core/tool.ts'
import { checkServer } from './check.ts'
import type { Connection } from './connection.ts'
import { rootsOf } from './create-client.ts'
import { discreetLog } from './discreet-log.ts'
import type { KnownAnswers } from './input-required.ts'
import { listPrompts, listResources, toPromptResult, toResourceResult } from './offer.ts'
import { requestPrompt, requestResource, requestTool } from './request.ts'
import { toToolResult } from './result.ts'
import { createRunner, type Runner, type Running } from './runner.ts'
import type { McpServerDependencies, McpServerTarget } from './server-target.ts'
import type { ServerTransport } from './server-transport.ts'
import type { SlotState } from './slots.ts'
import { supervise } from './supervise.ts'
import { asArguments, refuseTool } from './tool-argument.ts'
import { createToolList, type KnownTool, type KnownTools } from './tool-list.ts'

/** One configured server. */
export interface McpServer {
  tools(signal?: AbortSignal): Promise<readonly ToolDescription[]>
  effect(tool: string): Promise<Effect>
  call(tool: string, args: unknown, options: ToolCallOptions): Promise<ToolResult | InputRequired>
  resources(signal?: AbortSignal): Promise<readonly ResourceDescription[]>
  resource(uri: string, options: ServerRequestOptions): Promise<ResourceResult | InputRequired>
  prompts(signal?: AbortSignal): Promise<readonly PromptDescription[]>
  prompt(
    prompt: string,
    args: Readonly<Record<string, string>>,
    options: ServerRequestOptions,
  ): Promise<PromptResult | InputRequired>
  check(signal: AbortSignal): Promise<ToolServerCheck>
  state(): SlotState
  /** The tool's name, if the server has ever listed it or the project names it; else undefined. */
  label(tool: string): string | undefined
  close(): Promise<void>
}

/** A server that is connected to at its first use. */
export function createMcpServer(target: McpServerTarget, dependencies: McpServerDependencies): McpServer {
  const { name } = target
  const { clock } = dependencies
  const seen = new Set(Object.keys(target.config.effects ?? {}))
  const secrets = createKnownSecrets()
  const log = discreetLog(dependencies.log, secrets)
  const list = createToolList(target, log)
  let latest: ServerTransport | undefined
  const onTransport = (transport: ServerTransport) => {
    latest = transport
  }
  const supervisor = supervise(target, { ...dependencies, log, secrets, list, onTransport })
  const run = createRunner({ ...target, secrets }, supervisor, clock, () => latest?.remark())
  const tools = async ({ client }: Connection, signal: AbortSignal): Promise<KnownTools> => {
    const found = await list.get(client, signal)
    for (const { description } of found.offered) seen.add(description.name)
    return found
  }
  const find = async (connection: Connection, tool: string, signal: AbortSignal): Promise<KnownTool> => {
    const isIt = ({ description }: KnownTool) => description.name === tool
    const found = (await tools(connection, signal)).offered.find(isIt)
    if (found !== undefined) return found
    // A server that does not tell of changes may have gained it since.
    list.forget()
    const again = await tools(connection, signal)
    return again.offered.find(isIt) ?? refuseTool(name, tool, again)
  }
  const known = { roots: rootsOf(target.config, dependencies.cwd) }
  return {
    ...createRequests({ name, run, find, known, secrets }),
    tools: (signal = NEVER) =>
      run({ signal }, async (connection, running) =>
        (await tools(connection, running.signal)).offered.map(({ description }) => description),
      ),
    effect: (tool) =>
      run(
        { signal: NEVER, tool },
        async (connection, { signal }) => (await find(connection, tool, signal)).description.effect,
      ),
    check: (signal) => checkServer({ name, run, list, supervisor, clock }, signal),
    state: supervisor.state,
    label: (tool) => (seen.has(tool) ? tool : undefined),
    close: supervisor.close,
  }
}

const NEVER = new AbortController().signal

interface Requests {
  readonly name: string
  readonly run: Runner
  readonly find: (connection: Connection, tool: string, signal: AbortSignal) => Promise<KnownTool>
  readonly known: KnownAnswers
  readonly secrets: KnownSecrets
}

function createRequests({ name, run, find, known, secrets }: Requests) {
  const about = (subject: string, { signal, sending, hold }: Running) => {
    sending()
    return { subject: `${subject} of MCP server '${name}'`, signal, hold, known, secrets }
  }
  return {
    call: (tool, args, options) =>
      run({ ...options, tool }, async (connection, running) => {
        const given = asArguments(name, tool, args)
        const { listed } = await find(connection, tool, running.signal)
        const result = await requestTool(
          connection,
          { tool: listed, args: given },
          about(`Tool '${tool}'`, running),
          options,
        )
        if (isInputRequired(result)) return result
        return toToolResult({ server: name, tool, listed }, result.isError === true ? secrets.hideIn(result) : result)
      }),
    resources: (signal = NEVER) => run({ signal }, (connection) => listResources(name, connection)),
    resource: (uri, options) =>
      run(options, async (connection, running) => {
        const result = await requestResource(connection, uri, about(`Resource ${uri}`, running), options)
        return isInputRequired(result) ? result : toResourceResult(result)
      }),
    prompts: (signal = NEVER) => run({ signal }, (connection) => listPrompts(name, connection)),
    prompt: (prompt, args, options) =>
      run(options, async (connection, running) => {
        const context = about(`Prompt '${prompt}'`, running)
        const result = await requestPrompt(connection, { name: prompt, args }, context, options)
        return isInputRequired(result) ? result : toPromptResult(result)
      }),
  } satisfies Pick<McpServer, 'call' | 'resources' | 'resource' | 'prompts' | 'prompt'>
}
