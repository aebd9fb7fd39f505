import type { Project } from '../../agent/project.ts'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { ToolServerCheck, ToolServers } from '../../core/tool.ts'
import { createMcpServers } from '../../protocol/mcp/client.ts'
import { silentLog } from '../../telemetry/log.ts'
import { silentMetrics } from '../../telemetry/metrics-port.ts'
import type { Io } from '../io.ts'
import type { Check } from './check.ts'

const TIMEOUT = 15_000

/** Checks every MCP server of a project: connects to each, and lists its tools. */
export async function* checkServers(project: Project, env: Io['env'], clock: Clock): AsyncGenerator<Check> {
  if (Object.keys(project.servers).length === 0) return
  const servers = open(project, env, clock)
  if ('area' in servers) return yield servers
  try {
    yield* checkAll(servers, clock)
  } finally {
    await servers.close()
  }
}

/** Checks servers side by side, each within 15 s, and answers in the order of their names. */
export async function* checkAll(servers: ToolServers, clock: Clock): AsyncGenerator<Check> {
  const late = new AbortController()
  const cancel = clock.setTimer(clock.now() + TIMEOUT, () =>
    late.abort(new Error(`No answer within ${TIMEOUT / 1000} s`)),
  )
  try {
    const checks = servers.names.map((name) => servers.check(name, late.signal))
    for (const check of checks) yield judge(await check)
  } finally {
    cancel()
  }
}

function open(project: Project, env: Io['env'], clock: Clock): ToolServers | Check {
  try {
    const timeout = project.settings['mcp.server.timeout'] * 1000
    const dependencies = { log: silentLog, metrics: silentMetrics, clock, timeout, cwd: project.dir, env }
    return createMcpServers(project.servers, dependencies)
  } catch (reason) {
    return { area: 'servers', name: 'servers', status: 'fail', detail: PolisError.from(reason).message }
  }
}

function judge({ server, ok, detail, protocol, tools, milliseconds }: ToolServerCheck): Check {
  const name = `server ${server}`
  if (!ok) {
    const advice = 'Agents that call its tools fail until it answers'
    return { area: 'servers', name, status: 'fail', detail, advice }
  }
  const facts = [
    detail,
    ...(protocol ? [`MCP ${protocol}`] : []),
    ...(tools === undefined ? [] : [`${tools} ${tools === 1 ? 'tool' : 'tools'}`]),
  ]
  return { area: 'servers', name, status: 'ok', detail: `${facts.join(', ')} (${Math.round(milliseconds)}ms)` }
}
