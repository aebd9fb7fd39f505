import type { Clock } from '../../core/clock.ts'
import { parseDuration } from '../../core/duration.ts'
import type { Random } from '../../core/random.ts'
import { systemRandom } from '../../core/random.ts'
import { type ToolServers, unknownServer } from '../../core/tool.ts'
import type { Log } from '../../telemetry/log.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { McpServerConfig } from './config.ts'
import { observeCall, statusOf, UNKNOWN } from './observe.ts'
import { createMcpServer, type McpServer } from './server.ts'

/** What the MCP servers work with. */
export interface McpServersDependencies {
  readonly log: Log
  readonly metrics: Metrics
  readonly clock: Clock
  /** The setting `mcp.server.timeout` in milliseconds: limit of a call whose server names none. */
  readonly timeout: number
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
  { random = systemRandom(), ...dependencies }: McpServersDependencies,
): ToolServers {
  const { metrics, clock, timeout, log } = dependencies
  const servers = new Map<string, McpServer>()
  const onChange = () => reportPool(servers, metrics)
  for (const [name, config] of Object.entries(configs)) {
    const limit = config.timeout === undefined ? timeout : parseDuration(config.timeout, `servers.${name}.timeout`)
    const target = { name, config, limit }
    servers.set(name, createMcpServer(target, { ...dependencies, random, onChange, log: log.child({ server: name }) }))
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
  metrics.set('mcp_connection_pool_active', {}, states.filter((state) => state === 'active').length)
  metrics.set('mcp_connection_pool_idle', {}, states.filter((state) => state === 'idle').length)
}
