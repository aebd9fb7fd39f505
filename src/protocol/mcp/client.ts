import type { Clock } from '../../core/clock.ts'
import { parseDuration } from '../../core/duration.ts'
import type { Random } from '../../core/random.ts'
import { systemRandom } from '../../core/random.ts'
import { type ToolServers, unknownServer } from '../../core/tool.ts'
import type { Log } from '../../telemetry/log.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { isStdio, type McpServerConfig } from './config.ts'
import { createConnectionShares } from './connection-share.ts'
import { observeCall, statusOf, UNKNOWN } from './observe.ts'
import { endOrphans } from './orphan.ts'
import { createProcessTable } from './process-table.ts'
import { createMcpServer, type McpServer } from './server.ts'

/** What the MCP servers work with. */
export interface McpServersDependencies {
  readonly log: Log
  readonly metrics: Metrics
  readonly clock: Clock
  /** The setting `mcp.server.timeout` in milliseconds: limit of a call whose server names none. */
  readonly timeout: number
  /** The setting `mcp.connection_pool_size`. Default: 50. */
  readonly poolSize?: number
  /** The setting `mcp.server.memory_limit` in bytes. Default: 2 GiB. */
  readonly memoryLimit?: number
  /** Folder of the project: relative paths start here. */
  readonly cwd: string
  /** Environment that references are looked up in; children get only a harmless part of it. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly random?: Random
}

/**
 * The project's MCP servers behind the port to tools. Nothing is started before it is used.
 *
 * Throws INVALID_ARGUMENT for a timeout that is not a duration; everything else is found by `parseMcpServers`.
 */
export function createMcpServers(
  configs: Readonly<Record<string, McpServerConfig>>,
  { random = systemRandom(), poolSize = 50, memoryLimit = 2 * 2 ** 30, ...dependencies }: McpServersDependencies,
): ToolServers {
  const { metrics, clock, timeout, log } = dependencies
  const servers = new Map<string, McpServer>()
  const processes = createProcessTable(clock)
  if (Object.values(configs).some(isStdio)) endOrphans(processes, log)
  const join = createConnectionShares(poolSize, Object.keys(configs).length)
  const onChange = () => reportPool(servers, metrics)
  for (const [name, config] of Object.entries(configs)) {
    const limit = config.timeout === undefined ? timeout : parseDuration(config.timeout, `servers.${name}.timeout`)
    const target = { name, config, limit }
    const own = { random, onChange, join, memoryLimit, processes, log: log.child({ server: name }) }
    servers.set(name, createMcpServer(target, { ...dependencies, ...own }))
  }
  const names = Object.freeze([...servers.keys()])
  const find = (name: string) => {
    const server = servers.get(name)
    if (server === undefined) throw unknownServer(name, names)
    return server
  }
  return {
    names,
    tools: async (server, signal) => find(server).tools(signal),
    effect: async (server, tool) => find(server).effect(tool),
    call: async (server, tool, args, options) => {
      const started = clock.now()
      const labels = () => ({
        server: servers.has(server) ? server : UNKNOWN,
        tool: servers.get(server)?.label(tool) ?? UNKNOWN,
      })
      try {
        const result = await find(server).call(tool, args, options)
        observeCall(metrics, labels(), 'ok', (clock.now() - started) / 1000)
        return result
      } catch (error) {
        observeCall(metrics, labels(), statusOf(error, options.signal), (clock.now() - started) / 1000)
        throw error
      }
    },
    resources: async (server, signal) => find(server).resources(signal),
    resource: async (server, uri, options) => find(server).resource(uri, options),
    prompts: async (server, signal) => find(server).prompts(signal),
    prompt: async (server, prompt, args, options) => find(server).prompt(prompt, args, options),
    check: async (server, signal) =>
      servers.get(server)?.check(signal) ?? {
        server,
        ok: false,
        detail: unknownServer(server, names).message,
        milliseconds: 0,
      },
    close: async () => {
      await Promise.allSettled([...servers.values()].map((server) => server.close()))
    },
  }
}

function reportPool(servers: ReadonlyMap<string, McpServer>, metrics: Metrics): void {
  const states = [...servers.values()].map((server) => server.state())
  metrics.set('mcp_connection_pool_active', {}, sum(states.map(({ active }) => active)))
  metrics.set('mcp_connection_pool_idle', {}, sum(states.map(({ idle }) => idle)))
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
