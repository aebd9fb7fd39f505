import type { Client } from '@modelcontextprotocol/client'
import type { Clock } from '../../core/clock.ts'
import type { Effect, ToolDescription } from '../../core/tool.ts'
import type { Log } from '../../telemetry/log.ts'
import type { McpServerConfig } from './config.ts'
import { abortable } from './wait.ts'

/** The tools of one connection, fetched once until the server says that they changed. */
export interface ToolList {
  attach(client: Client): void
  get(signal: AbortSignal): Promise<readonly ToolDescription[]>
  /** Drops what is known; the next `get` asks again. */
  forget(): void
  /** From now on nothing is kept: the server can no longer tell of changes. */
  distrust(): void
}

type Listed = Awaited<ReturnType<Client['listTools']>>['tools'][number]

/** The list of one connection; it answers nothing before `attach`. */
export function createToolList(
  { name, config, limit }: { readonly name: string; readonly config: McpServerConfig; readonly limit: number },
  { log }: { readonly clock: Clock; readonly log: Log },
): ToolList {
  let client: Client | undefined
  let kept: Promise<readonly ToolDescription[]> | undefined
  let trusted = true
  const fetchAll = async () => {
    // Asked of a server without tools, the SDK prints to our standard output.
    if (client?.getServerCapabilities()?.tools === undefined) return []
    const { tools } = await client.listTools(undefined, {
      timeout: Math.min(limit, 2_147_483_647),
      cacheMode: 'refresh',
    })
    warnOfUnknown(config, tools, log)
    return tools.map((tool) => describe(name, tool, config))
  }
  const forget = () => {
    kept = undefined
  }
  const get = (signal: AbortSignal) => {
    if (kept === undefined) {
      const fetching = fetchAll()
      kept = fetching
      const drop = () => kept === fetching && forget()
      fetching.then(() => trusted || drop(), drop)
    }
    return abortable(kept, signal)
  }
  return {
    attach: (connected) => {
      client = connected
    },
    get,
    forget,
    distrust: () => {
      trusted = false
      forget()
    },
  }
}

/** Effect of a tool: what the project says, else what the server annotates, else the one that is safe for anything. */
export function effectOf(
  tool: Pick<Listed, 'name' | 'annotations'>,
  effects: Readonly<Record<string, Effect>>,
): Effect {
  const named = Object.hasOwn(effects, tool.name) ? effects[tool.name] : undefined
  if (named !== undefined) return named
  if (tool.annotations?.readOnlyHint === true) return 'read'
  return tool.annotations?.idempotentHint === true ? 'idempotent' : 'once'
}

function describe(server: string, tool: Listed, { effects = {} }: McpServerConfig): ToolDescription {
  const { name, description = '', inputSchema } = tool
  return { server, name, description, inputSchema, effect: effectOf(tool, effects) }
}

function warnOfUnknown({ effects = {} }: McpServerConfig, tools: readonly Listed[], log: Log): void {
  const unknown = Object.keys(effects).filter((name) => !tools.some((tool) => tool.name === name))
  if (unknown.length > 0)
    log.warn({ tools: unknown }, 'The option effects names tools that the MCP server does not have')
}
