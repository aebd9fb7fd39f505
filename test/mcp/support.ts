import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '../../src/core/clock.ts'
import type { PolisError } from '../../src/core/error.ts'
import { isInputRequired } from '../../src/core/server-question.ts'
import type { ToolCallOptions, ToolResult, ToolServers } from '../../src/core/tool.ts'
import { createMcpServers } from '../../src/protocol/mcp/client.ts'
import type { McpServerConfig, StdioServerConfig } from '../../src/protocol/mcp/config.ts'
import { type Log, silentLog } from '../../src/telemetry/log.ts'
import { type Metrics, silentMetrics } from '../../src/telemetry/metrics-port.ts'

export const ROOT = join(import.meta.dirname, '../..')
const FIXTURE = join(import.meta.dirname, 'fixture')

/** A server that runs a fixture under the same Node. */
export function fixture(file: string, ...args: string[]): StdioServerConfig {
  return { command: process.execPath, args: [join(FIXTURE, file), ...args] }
}

/** What was recorded of the calls, and the last values of the gauges. */
interface Recorded {
  readonly calls: { server: string; tool: string; status: string }[]
  readonly durations: { server: string; tool: string; seconds: number }[]
  readonly gauges: Map<string, number>
}

/** Servers over real processes, which are closed at the end of the block. */
export interface TestServers extends ToolServers, AsyncDisposable {
  readonly recorded: Recorded
}

export function startServers(
  configs: Readonly<Record<string, McpServerConfig>>,
  options: {
    readonly timeout?: number
    readonly env?: Readonly<Record<string, string>>
    readonly cwd?: string
    readonly poolSize?: number
    readonly log?: Log
  } = {},
): TestServers {
  const recorded: Recorded = { calls: [], durations: [], gauges: new Map() }
  const metrics: Metrics = {
    ...silentMetrics,
    increment: (_name, labels) => void recorded.calls.push(labels as Recorded['calls'][number]),
    observe: (_name, labels, seconds) => {
      recorded.durations.push({ ...(labels as { server: string; tool: string }), seconds })
    },
    set: (name, _labels, value) => void recorded.gauges.set(name, value),
  }
  const { timeout = 30_000, env = {}, cwd = ROOT, poolSize = 50, log = silentLog } = options
  const clock = systemClock()
  const servers = createMcpServers(configs, {
    log,
    metrics,
    clock,
    timeout,
    poolSize,
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: '/nowhere', ...env },
  })
  return { ...servers, recorded, [Symbol.asyncDispose]: servers.close }
}

/** Calls a tool for its text. */
export async function textOf(
  servers: ToolServers,
  server: string,
  tool: string,
  args: unknown = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<string> {
  return (await resultOf(servers, server, tool, args, { signal })).text
}

/** Calls a tool that asks for nothing more. */
export async function resultOf(
  servers: ToolServers,
  server: string,
  tool: string,
  args: unknown,
  options: ToolCallOptions,
): Promise<ToolResult> {
  const result = await servers.call(server, tool, args, options)
  if (isInputRequired(result)) throw new Error(`Expected a result, got questions: ${JSON.stringify(result.questions)}`)
  return result
}

/** A check for `assert.rejects`: the code, and a pattern for the message. */
export function failsWith(code: string, message: RegExp, details: Readonly<Record<string, unknown>> = {}) {
  return (error: unknown) => {
    const found = error as PolisError
    const fits = Object.entries(details).every(([key, value]) => found.details?.[key] === value)
    if (found.code === code && message.test(found.message) && fits) return true
    throw new Error(
      `Expected ${code} ${message} ${JSON.stringify(details)}, got ${found.code} ${JSON.stringify(found.details)}: ${found.stack}`,
    )
  }
}

/** A reference to an environment variable, as a configuration writes it. */
export function variable(name: string): string {
  return `\${${name}}`
}

/** The processes that this one has started and that still run (Linux). */
export function runningChildren(): readonly number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger)
  return pids.filter((pid) => {
    try {
      const [, state, parent] = /\) (\S) (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
      return Number(parent) === process.pid && state !== 'Z'
    } catch {
      // It has ended since the folder was listed.
      return false
    }
  })
}

/** Whether a process runs; one that has ended and was not yet reaped by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch (error) {
    // ESRCH: there is none. ENOENT: a system without /proc, where the signal has said that there is one.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux'
  }
}

/**
 * Resolves with whether it ended within a second: what was killed is gone only once the kernel has run it, and a grandchild is nobody
 * here's to wait for.
 */
export async function endsSoon(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100 && isAlive(pid); tries++) await delay(10)
  return !isAlive(pid)
}

/** An HTTP server of its own process. */
export interface HttpFixture extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly child: ChildProcess
}

/** Starts the HTTP fixture, or another one, as a process of its own, and ends it at the end of the block. */
export async function startHttp(
  env: Readonly<Record<string, string>> = {},
  command: readonly string[] = ['http-server.ts'],
): Promise<HttpFixture> {
  const [file = '', ...args] = command
  const child = spawn(process.execPath, [join(FIXTURE, file), ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [chunk] = (await once(child.stdout, 'data', { signal: AbortSignal.timeout(20_000) })) as [Buffer]
  const port = Number(chunk.toString())
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return { url: `http://127.0.0.1:${port}/mcp`, port, child, [Symbol.asyncDispose]: stop }
}
