import type { AgentInfo } from '../../core/agent.ts'
import { PolisError } from '../../core/error.ts'
import { nearest } from '../../core/nearest.ts'
import { type McpTools, mcp } from '../mcp-tools.ts'
import type { Tool } from '../tool.ts'
import type { LoopTool } from './loop-tool.ts'

/** More than this no provider takes, and no model chooses well from. */
export const MOST_TOOLS = 128

/** An agent's tools with their names resolved. */
export interface ToolSources {
  readonly own: readonly Tool[]
  readonly agents: readonly AgentInfo[]
  readonly servers: readonly McpTools[]
}

/** What names of tools are looked up in. */
export interface KnownTools {
  readonly agents: ReadonlyMap<string, AgentInfo>
  readonly servers: readonly string[]
}

/**
 * Resolves what an agent gives its model.
 *
 * @throws PolisError INVALID_CONFIG for a name that nothing has, or that two have, and for more tools than a model takes.
 */
export function resolveTools(agent: string, tools: readonly LoopTool[], known: KnownTools): ToolSources {
  const resolved = tools.map((it) => resolve(agent, it, known))
  const own = resolved.flatMap((it) => (it.kind === 'tool' ? [it] : []))
  const agents = resolved.flatMap((it) => (it.kind === 'agent' ? [it.info] : []))
  const servers = resolved.flatMap((it) => (it.kind === 'mcp' ? [it] : []))
  const names = [...own, ...agents].map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) refuse(agent, `two tools are named '${twice}': give one of them another name`)
  const server = servers.map((it) => it.server).find((name, at, all) => all.indexOf(name) !== at)
  if (server !== undefined)
    refuse(agent, `MCP server '${server}' stands there twice: name its tools in one mcp('${server}', { only: […] })`)
  if (names.length > MOST_TOOLS) refuse(agent, `expected at most ${MOST_TOOLS} tools, got ${names.length}`)
  return { own, agents, servers }
}

type Resolved = Tool | McpTools | { readonly kind: 'agent'; readonly info: AgentInfo }

function resolve(agent: string, it: LoopTool, known: KnownTools): Resolved {
  if (typeof it === 'string') return resolveName(agent, it, known)
  if (it.kind === 'tool') return it
  if (it.kind === 'mcp') {
    if (known.servers.includes(it.server)) return it
    return refuse(
      agent,
      `there is no MCP server '${it.server}': ${describe(it.server, known.servers)}. Add it to servers in polis.config.ts`,
    )
  }
  const info = known.agents.get(it.name)
  if (info !== undefined) return { kind: 'agent', info }
  return refuse(agent, `agent '${it.name}' is not part of the project: export it from a file in agents/`)
}

function resolveName(agent: string, name: string, { agents, servers }: KnownTools): Resolved {
  const info = agents.get(name)
  const isServer = servers.includes(name)
  if (info !== undefined && isServer)
    return refuse(
      agent,
      `'${name}' is an MCP server and an agent: write mcp('${name}'), or give the agent's definition`,
    )
  if (info !== undefined) return { kind: 'agent', info }
  if (isServer) return mcp(name)
  return refuse(
    agent,
    `there is no MCP server and no agent '${name}': ${describe(name, [...servers, ...agents.keys()])}`,
  )
}

function describe(name: string, names: readonly string[]): string {
  const meant = nearest(name, names)
  if (meant !== undefined) return `did you mean '${meant}'?`
  return names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`
}

function refuse(agent: string, problem: string): never {
  throw new PolisError('INVALID_CONFIG', `Agent ${agent}, option tools: ${problem}`)
}
