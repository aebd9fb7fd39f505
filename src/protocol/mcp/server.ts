import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { Random } from '../../core/random.ts'
import type { Effect, ToolCallOptions, ToolDescription, ToolResult, ToolServerCheck } from '../../core/tool.ts'
import type { Log } from '../../telemetry/log.ts'
import type { McpServerConfig } from './config.ts'
import { type Connection, openConnection, timerLimit } from './connection.ts'
import { toToolResult } from './result.ts'
import { createRunner, type Runner } from './runner.ts'
import type { SecretSource } from './secret-value.ts'
import type { ServerTransport } from './server-transport.ts'
import { createSupervisor, type Supervisor } from './supervisor.ts'
import { asArguments, refuseTool } from './tool-argument.ts'

/** One configured server. */
export interface McpServer {
  tools(signal?: AbortSignal): Promise<readonly ToolDescription[]>
  effect(tool: string): Promise<Effect>
  call(tool: string, args: unknown, options: ToolCallOptions): Promise<ToolResult>
  check(signal: AbortSignal): Promise<ToolServerCheck>
  state(): 'active' | 'idle' | 'none'
  /** The tool's name, if the server has ever listed it or the project names it; else undefined. */
  label(tool: string): string | undefined
  close(): Promise<void>
}

/** Which server it is, and the limit of a call in milliseconds. */
export interface McpServerTarget {
  readonly name: string
  readonly config: McpServerConfig
  readonly limit: number
}

/** What one server works with. */
export interface McpServerDependencies extends SecretSource {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly onChange: () => void
}

/** Where the idempotency key of a call stands in the request's `_meta`. */
const KEY_META = 'agentpolis/idempotency-key'

/** A server that is connected to at its first use. */
export function createMcpServer(target: McpServerTarget, dependencies: McpServerDependencies): McpServer {
  const { name, config } = target
  const { clock } = dependencies
  const seen = new Set(Object.keys(config.effects ?? {}))
  let latest: ServerTransport | undefined
  const supervisor = supervise(target, dependencies, (transport) => {
    latest = transport
  })
  const never = new AbortController().signal

  const list = async (connection: Connection, signal: AbortSignal) => {
    const tools = await connection.tools.get(signal)
    for (const tool of tools) seen.add(tool.name)
    return tools
  }
  const find = async (connection: Connection, tool: string, signal: AbortSignal) => {
    const isIt = (described: ToolDescription) => described.name === tool
    const known = (await list(connection, signal)).find(isIt)
    if (known !== undefined) return known
    // A server that does not tell of changes may have gained it since.
    connection.tools.forget()
    const tools = await list(connection, signal)
    return tools.find(isIt) ?? refuseTool(name, tool, tools)
  }
  const run = createRunner(target, supervisor, clock, () => latest?.remark())
  const tools = (signal: AbortSignal = never) => run({ signal }, (connection, within) => list(connection, within))
  return {
    tools,
    effect: (tool) =>
      run({ signal: never, tool }, async (connection, within) => (await find(connection, tool, within)).effect),
    call: (tool, args, options) =>
      run({ ...options, tool }, async (connection, within, sending) => {
        const given = asArguments(name, tool, args)
        await find(connection, tool, within)
        sending()
        return toToolResult(name, tool, await request(connection, tool, given, within, options))
      }),
    check: async (signal) => {
      const started = clock.now()
      const report = await inspect(run, list, signal, supervisor)
      return { server: name, ...report, milliseconds: clock.now() - started }
    },
    state: supervisor.state,
    label: (tool) => (seen.has(tool) ? tool : undefined),
    close: supervisor.close,
  }
}

function supervise(
  { name, config, limit }: McpServerTarget,
  dependencies: McpServerDependencies,
  onTransport: (transport: ServerTransport) => void,
): Supervisor<Connection> {
  let legacy = false
  const open = async (signal: AbortSignal) => {
    const tried = legacy
    legacy = false
    const connection = await openConnection(
      { name, config, limit, legacy: tried },
      { ...dependencies, onTransport },
      signal,
    )
    legacy = connection.client.getProtocolEra() === 'legacy'
    return connection
  }
  return createSupervisor({ ...dependencies, server: name, open })
}

function request(
  { client }: Connection,
  name: string,
  args: Record<string, unknown>,
  signal: AbortSignal,
  { key, onProgress }: ToolCallOptions,
) {
  const meta = key === undefined ? {} : { _meta: { [KEY_META]: key } }
  // Our own deadline ends the call; the SDK's must not come before it.
  const options = { signal, timeout: timerLimit(Number.POSITIVE_INFINITY) }
  return client.callTool(
    { name, arguments: args, ...meta },
    onProgress === undefined
      ? options
      : {
          ...options,
          onprogress: ({ progress, total, message }) =>
            onProgress({
              progress,
              ...(total === undefined ? {} : { total }),
              ...(message === undefined ? {} : { message }),
            }),
        },
  )
}

async function inspect(
  run: Runner,
  list: (connection: Connection, signal: AbortSignal) => Promise<readonly ToolDescription[]>,
  signal: AbortSignal,
  supervisor: Supervisor<Connection>,
): Promise<Omit<ToolServerCheck, 'server' | 'milliseconds'>> {
  try {
    return await run({ signal }, async (connection, within) => {
      // Asked anew: what is kept says nothing of whether the server answers now.
      connection.tools.forget()
      const tools = (await list(connection, within)).length
      const { protocol, software } = connection
      const count = `${tools} ${tools === 1 ? 'tool' : 'tools'}`
      return {
        ok: true,
        detail: `${software || 'a server without a name'}, MCP ${protocol}, ${count}`,
        protocol,
        tools,
      }
    })
  } catch (error) {
    const before = signal.aborted ? supervisor.problem() : undefined
    const { message } = PolisError.from(error)
    return { ok: false, detail: before === undefined ? message : `${message}; before that: ${before}` }
  }
}
