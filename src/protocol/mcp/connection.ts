import { resolve } from 'node:path'
import { Client, type ConnectOptions } from '@modelcontextprotocol/client'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { Log } from '../../telemetry/log.ts'
import { explainConnect } from './call-error.ts'
import { isStdio, type McpServerConfig } from './config.ts'
import { scrubbedEnvironment } from './environment.ts'
import { createHttpTransport } from './http-transport.ts'
import { resolveSecrets, type SecretSource } from './secret-value.ts'
import type { Loss, ServerTransport } from './server-transport.ts'
import { createStdioTransport } from './stdio-transport.ts'
import { createToolList, type ToolList } from './tool-list.ts'
import { abortable, startDeadline } from './wait.ts'

/** An open connection to one server. */
export interface Connection {
  readonly client: Client
  readonly tools: ToolList
  /** Protocol revision that was agreed on. */
  readonly protocol: string
  /** What the server calls itself, such as `secure-filesystem-server 0.2.0`; empty when it does not say. */
  readonly software: string
  /** Resolves when the connection is over, for whatever reason. */
  readonly ended: Promise<void>
  /** Why it is over; undefined while it is not, or when it was us who ended it. */
  loss(): Loss | undefined
  /** Declares it over: no new call will use it. */
  lose(reason: Loss): void
  close(): Promise<void>
}

/** Which server to connect to. */
export interface ConnectionTarget {
  readonly name: string
  readonly config: McpServerConfig
  /** Milliseconds that connecting may take. */
  readonly limit: number
  /** Set when an earlier connection has shown that the server speaks the older era: it need not be asked again. */
  readonly legacy: boolean
}

/** What connecting needs. */
export interface ConnectionDependencies extends SecretSource {
  readonly clock: Clock
  readonly log: Log
  /** Sees each transport as it is made, so that a call that ends meanwhile can say what the server wrote. */
  readonly onTransport: (transport: ServerTransport) => void
}

const PROBE_LIMIT = 15_000
const CLIENT = { name: 'agentpolis', version: '1' }

/**
 * Connects to a server in whichever era it speaks.
 *
 * Throws TOOL_UNAVAILABLE that names the server and says what happened and what to do, INVALID_CONFIG for a missing secret, or
 * TIMEOUT; after a throw nothing is left behind.
 */
export async function openConnection(
  target: ConnectionTarget,
  dependencies: ConnectionDependencies,
  signal: AbortSignal,
): Promise<Connection> {
  using deadline = startDeadline(target.limit, signal, dependencies.clock)
  const first = await attempt(target, dependencies, deadline.signal, target.legacy)
  if ('client' in first) return first
  // A server of the older era may exit when it is asked for the newer one; then it is started again and greeted the old way.
  const second =
    first.exited && !target.legacy && !deadline.signal.aborted
      ? await attempt(target, dependencies, deadline.signal, true)
      : first
  if ('client' in second) return second
  throw explainConnect(second.error, {
    server: target.name,
    limit: deadline.expired() ? target.limit : undefined,
    loss: second.loss,
    remark: second.remark,
    signal,
  })
}

interface Failure {
  readonly error: unknown
  readonly loss: Loss | undefined
  readonly remark: string | undefined
  /** Whether it did start, and then ended by itself. */
  readonly exited: boolean
}

async function attempt(
  target: ConnectionTarget,
  dependencies: ConnectionDependencies,
  signal: AbortSignal,
  legacy: boolean,
): Promise<Connection | Failure> {
  const transport = await createTransport(target, dependencies)
  dependencies.onTransport(transport)
  const tools = createToolList(target, dependencies)
  const client = createClient(target, tools, dependencies)
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  client.onclose = end
  try {
    await abortable(client.connect(transport, connectOptions(target.limit, signal, legacy)), signal)
  } catch (error) {
    await transport.close()
    const loss = transport.loss()
    return { error, loss, remark: transport.remark(), exited: loss !== undefined && !signal.aborted }
  }
  tools.attach(client)
  return describe(client, tools, transport, ended)
}

async function createTransport(
  { name, config }: ConnectionTarget,
  dependencies: ConnectionDependencies,
): Promise<ServerTransport> {
  if (!isStdio(config)) {
    const headers = await resolveSecrets(config.headers ?? {}, `servers.${name}.headers`, dependencies)
    return createHttpTransport(config.url, headers, dependencies)
  }
  const extra = await resolveSecrets(config.env ?? {}, `servers.${name}.env`, dependencies)
  const env = scrubbedEnvironment(dependencies.env, extra)
  const cwd = resolve(dependencies.cwd, config.cwd ?? '.')
  return createStdioTransport({ command: config.command, args: config.args ?? [], env, cwd }, dependencies)
}

function createClient({ config, limit }: ConnectionTarget, tools: ToolList, { log }: ConnectionDependencies): Client {
  // Over stdio silence means the older era; over HTTP it means an outage, and the whole limit may be waited for.
  const timeoutMs = isStdio(config) ? Math.min(PROBE_LIMIT, Math.ceil(limit / 2)) : limit
  const client = new Client(CLIENT, {
    versionNegotiation: { mode: 'auto', probe: { timeoutMs: timerLimit(timeoutMs) } },
    inputRequired: { autoFulfill: false },
    listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => tools.forget() } },
  })
  client.onerror = (error) => log.debug({ reason: error.message }, 'MCP connection reported')
  return client
}

function connectOptions(limit: number, signal: AbortSignal, legacy: boolean): ConnectOptions {
  return { signal, timeout: timerLimit(limit), ...(legacy ? { prior: { kind: 'legacy' } } : {}) }
}

function describe(client: Client, tools: ToolList, transport: ServerTransport, ended: Promise<void>): Connection {
  const { name = '', version = '' } = client.getServerVersion() ?? {}
  // The server ended the stream on which it would tell of changes: what we know of its tools may be out of date from now on.
  void client.autoOpenedSubscription?.closed.then(() => tools.distrust())
  return {
    client,
    tools,
    protocol: client.getNegotiatedProtocolVersion() ?? 'unknown',
    software: `${name} ${version}`.trim(),
    ended,
    loss: transport.loss,
    lose: transport.lose,
    close: async () => {
      await client.close().catch((reason: unknown) => {
        throw PolisError.from(reason)
      })
      await transport.close()
    },
  }
}

/** As much of a limit as a timer of the SDK can take; our own deadline is the one that counts. */
export function timerLimit(milliseconds: number): number {
  return Math.min(milliseconds, 2_147_483_647)
}
