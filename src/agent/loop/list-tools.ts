import type { AgentInfo } from '../../core/agent.ts'
import { PolisError } from '../../core/error.ts'
import { hash } from '../../core/json.ts'
import { nearest } from '../../core/nearest.ts'
import type { ToolDescription, ToolServers } from '../../core/tool.ts'
import type { Scope } from '../../engine/scope.ts'
import type { McpTools } from '../mcp-tools.ts'
import type { ListedAgent, ListedTool } from './listed-tool.ts'
import { LIST_TERMS } from './terms.ts'
import { modelName } from './tool-name.ts'
import { MOST_TOOLS, type ToolSources } from './tool-source.ts'

const MOST_BYTES = 512 * 1024

/** What is listed for. */
export interface ListTools {
  readonly agent: string
  readonly sources: ToolSources
}

/** Lists the agents and the tools of MCP servers that an agent gives its model, in a recorded step; without any there is none. */
export async function listTools(tools: ToolServers, scope: Scope, list: ListTools): Promise<readonly ListedTool[]> {
  const { servers, agents } = list.sources
  if (servers.length === 0 && agents.length === 0) return []
  const read = async (signal: AbortSignal) => {
    const selected = await Promise.all(servers.map((it) => select(tools, it, signal)))
    return bounded(list, [...agents.map(listAgent), ...name(list, selected)])
  }
  // What the step recorded is what it answered.
  return (await scope.step('tools', ({ signal }) => read(signal), {
    ...LIST_TERMS,
    hash: hash({ servers: servers.map(({ approval: _, ...rest }) => rest), agents: agents.map((it) => it.name) }),
  })) as readonly ListedTool[]
}

async function select(
  tools: ToolServers,
  { server, only, except = [], rename = {}, approval }: McpTools,
  signal: AbortSignal,
) {
  const asked = typeof approval === 'object' ? Object.keys(approval) : []
  const listed = await tools.tools(server, signal)
  for (const name of [...(only ?? []), ...except, ...Object.keys(rename), ...asked]) {
    if (!listed.some((it) => it.name === name)) throw unknownTool(server, name, listed)
  }
  return listed
    .filter(({ name }) => (only === undefined || only.includes(name)) && !except.includes(name))
    .map((it) => ({ ...it, name: nameFor(it, rename), tool: it.name }))
}

// The names are a server's: one may be that of something that every object has.
function nameFor({ server, name }: ToolDescription, rename: Readonly<Record<string, string>>): string {
  const given = Object.hasOwn(rename, name) ? rename[name] : undefined
  return given ?? modelName(`${server}_${name}`)
}

function listAgent({ name, description, input }: AgentInfo): ListedAgent {
  return { kind: 'agent', name, description: description === '' ? `Asks the agent ${name}` : description, input }
}

type Selected = ToolDescription & { readonly tool: string }

function name({ sources }: ListTools, selected: readonly (readonly Selected[])[]): ListedTool[] {
  const names = new Set([...sources.own, ...sources.agents].map((it) => it.name))
  return selected.flat().map(({ name, server, tool, description, inputSchema, effect }) => {
    let unique = name
    for (let n = 2; names.has(unique); n++) unique = modelName(name, `_${n}`)
    names.add(unique)
    return { kind: 'server', name: unique, server, tool, description, input: inputSchema, effect }
  })
}

function bounded({ agent, sources }: ListTools, listed: ListedTool[]): ListedTool[] {
  const count = listed.length + sources.own.length
  const bytes = JSON.stringify(listed).length
  if (count <= MOST_TOOLS && bytes <= MOST_BYTES) return listed
  const found = count > MOST_TOOLS ? `${count} tools` : `tools whose descriptions take ${bytes} bytes`
  throw new PolisError(
    'TOO_LARGE',
    `Agent ${agent} would give its model ${found}: expected at most ${MOST_TOOLS} tools and ${MOST_BYTES} bytes. Choose with mcp('server', { only: […] })`,
  )
}

function unknownTool(server: string, name: string, listed: readonly ToolDescription[]): PolisError {
  const names = listed.map((it) => it.name)
  const meant = nearest(name, names)
  const advice = meant === undefined ? `it has ${names.slice(0, 20).join(', ') || 'none'}` : `did you mean '${meant}'?`
  return new PolisError('INVALID_CONFIG', `mcp('${server}'): the server has no tool '${name}'; ${advice}`)
}
