/**
 * Role: knows the tools of one server, over all its connections.
 * Boundary: what the server lists, filtered and renamed as the project says; calls are made elsewhere.
 * Invariants:
 * 1. What is kept was listed after the server last said that its tools changed, over a connection on which it can say so.
 * 2. What is kept is bounded: so many tools, each with a schema of bounded size and depth.
 */
import type { Client } from '@modelcontextprotocol/client'
import { PolisError } from '../../core/error.ts'
import type { Effect, ToolDescription } from '../../core/tool.ts'
import type { Log } from '../../telemetry/log.ts'
import type { McpServerConfig } from './config.ts'
import { whyUnfit } from './schema-limit.ts'
import { assertDistinct, isOffered, nameFor, unknownNames } from './tool-filter.ts'
import { abortable, timerLimit } from './wait.ts'

/** A tool as its server lists it. */
export type ListedTool = Awaited<ReturnType<Client['listTools']>>['tools'][number]

/** A tool that agents may call. */
export interface KnownTool {
  readonly description: ToolDescription
  readonly listed: ListedTool
}

/** All tools of a server, and those that were left out, with the reason. */
export interface KnownTools {
  readonly offered: readonly KnownTool[]
  readonly unfit: ReadonlyMap<string, string>
}

/** The tools of one server, fetched once until the server says that they changed. */
export interface ToolList {
  /** Lists them over a connection, unless they are known. */
  get(client: Client, signal: AbortSignal): Promise<KnownTools>
  /** Drops what is known; the next `get` asks again. */
  forget(): void
  /** From now on nothing is kept: the server cannot tell of changes. Until `trust`. */
  distrust(): void
  trust(): void
}

/** Which server's. */
export interface ToolListTarget {
  readonly name: string
  readonly config: McpServerConfig
  readonly limit: number
}

const MOST_TOOLS = 2000

/** The list of one server. */
export function createToolList(target: ToolListTarget, log: Log): ToolList {
  let kept: Promise<KnownTools> | undefined
  let trusted = false
  const fetchAll = async (client: Client): Promise<KnownTools> => {
    // Asked of a server without tools, the SDK prints to our standard output.
    if (client.getServerCapabilities()?.tools === undefined) return { offered: [], unfit: new Map() }
    const { tools } = await client.listTools(undefined, { timeout: timerLimit(target.limit), cacheMode: 'refresh' })
    return toKnown(target, tools, log)
  }
  const forget = () => {
    kept = undefined
  }
  return {
    get: (client, signal) => {
      if (kept === undefined) {
        const fetching = fetchAll(client)
        kept = fetching
        const drop = () => kept === fetching && forget()
        fetching.then(() => trusted || drop(), drop)
      }
      return abortable(kept, signal)
    },
    forget,
    distrust: () => {
      trusted = false
      forget()
    },
    trust: () => {
      trusted = true
      forget()
    },
  }
}

/** Effect of a tool: what the project says, else what the server annotates, else the one that is safe for anything. */
export function effectOf(
  tool: Pick<ListedTool, 'name' | 'annotations'>,
  effects: Readonly<Record<string, Effect>>,
): Effect {
  const named = Object.hasOwn(effects, tool.name) ? effects[tool.name] : undefined
  if (named !== undefined) return named
  if (tool.annotations?.readOnlyHint === true) return 'read'
  return tool.annotations?.idempotentHint === true ? 'idempotent' : 'once'
}

function toKnown({ name: server, config }: ToolListTarget, tools: readonly ListedTool[], log: Log): KnownTools {
  if (tools.length > MOST_TOOLS) {
    const message = `MCP server '${server}' lists ${tools.length} tools: at most ${MOST_TOOLS} are taken. Have it list fewer`
    throw new PolisError('TOO_LARGE', message, { details: { server, sent: false }, retryable: false })
  }
  const { effects = {}, tools: filter = {} } = config
  warnOfUnknown(config, tools, log)
  const unfit = new Map<string, string>()
  const offered = tools.flatMap((listed) => {
    if (!isOffered(filter, listed.name)) return []
    const name = nameFor(filter, listed.name)
    const reason = whyUnfit(listed)
    if (reason !== undefined) {
      unfit.set(name, reason)
      return []
    }
    const { description = '', inputSchema } = listed
    return [{ listed, description: { server, name, description, inputSchema, effect: effectOf(listed, effects) } }]
  })
  if (unfit.size > 0)
    log.warn(
      { tools: [...unfit.keys()].slice(0, 20) },
      'Tools of an MCP server are left out: their schemas are over the limit',
    )
  assertDistinct(
    server,
    offered.map(({ listed, description }) => ({ own: listed.name, name: description.name })),
  )
  return { offered, unfit }
}

function warnOfUnknown(
  { effects = {}, tools: filter = {} }: McpServerConfig,
  tools: readonly ListedTool[],
  log: Log,
): void {
  const names = tools.map(({ name }) => name)
  const unknown = [...Object.keys(effects).filter((name) => !names.includes(name)), ...unknownNames(filter, names)]
  if (unknown.length > 0)
    log.warn({ tools: unknown }, 'The options effects and tools name tools that the MCP server does not have')
}
