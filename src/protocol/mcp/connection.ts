import { resolve } from 'node:path'
import type { Client, ConnectOptions, PriorDiscovery } from '@modelcontextprotocol/client'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { KnownSecrets } from '../../core/known-secrets.ts'
import { type Random, uuid } from '../../core/random.ts'
import { isSecretName } from '../../core/secret.ts'
import type { Log } from '../../telemetry/log.ts'
import { explainConnect } from './call-error.ts'
import { isStdio, type McpServerConfig } from './config.ts'
import { createClient } from './create-client.ts'
import { scrubbedEnvironment } from './environment.ts'
import { createHttpTransport } from './http-transport.ts'
import { createLiveQuestions, type LiveQuestions } from './live-question.ts'
import type { ProcessTable } from './process-table.ts'
import { resolveSecrets, type SecretSource } from './secret-value.ts'
import type { Loss, ServerTransport } from './server-transport.ts'
import { createStdioTransport } from './stdio-transport.ts'
import { abortable, startDeadline, timerLimit } from './wait.ts'

/** An open connection to one server. */
export interface Connection {
  readonly client: Client
  /** What the server asks while it holds a request open. */
  readonly questions: LiveQuestions
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
  /** What an earlier connection has shown of the server: it need not be asked again. */
  readonly known: PriorDiscovery | undefined
}

/** What connecting needs. */
export interface ConnectionDependencies extends SecretSource {
  readonly clock: Clock
  readonly log: Log
  readonly random: Random
  readonly processes: ProcessTable
  /** Bytes that the processes of a server may have in memory together, where it says nothing. */
  readonly memoryLimit: number
  /** Sees each transport as it is made, so that a call that ends meanwhile can say what the server wrote. */
  readonly onTransport: (transport: ServerTransport) => void
  /** The server asks its user while it holds a request open. */
  readonly onQuestion: () => void
  /** The server says that its tools changed; undefined on connections that need not listen. */
  readonly onToolsChanged: (() => void) | undefined
}

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
  const first = await attempt(target, dependencies, deadline.signal, target.known)
  if ('client' in first) return first
  // A server of the older era may exit when it is asked for the newer one; then it is started again and greeted the old way.
  const second =
    first.exited && target.known === undefined && !deadline.signal.aborted
      ? await attempt(target, dependencies, deadline.signal, { kind: 'legacy' })
      : first
  if ('client' in second) return second
  throw explainConnect(second.error, {
    server: target.name,
    limit: deadline.expired() ? target.limit : undefined,
    loss: second.loss,
    remark: second.remark,
    signal,
    secrets: dependencies.secrets,
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
  known: PriorDiscovery | undefined,
): Promise<Connection | Failure> {
  const transport = await createTransport(target, dependencies)
  dependencies.onTransport(transport)
  const questions = createLiveQuestions(dependencies.clock, dependencies.onQuestion)
  const client = createClient(target, { ...dependencies, questions })
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  client.onclose = end
  try {
    await abortable(client.connect(transport, connectOptions(target.limit, signal, known)), signal)
  } catch (error) {
    await transport.close()
    const loss = transport.loss()
    return { error, loss, remark: transport.remark(), exited: loss !== undefined && !signal.aborted }
  }
  return describe(client, transport, { questions }, ended)
}

interface Opening {
  readonly questions: LiveQuestions
}

function connectOptions(limit: number, signal: AbortSignal, prior: PriorDiscovery | undefined): ConnectOptions {
  return { signal, timeout: timerLimit(limit), ...(prior === undefined ? {} : { prior }) }
}

async function createTransport(
  { name, config }: ConnectionTarget,
  dependencies: ConnectionDependencies,
): Promise<ServerTransport> {
  const { secrets } = dependencies
  if (!isStdio(config)) {
    const headers = await resolveSecrets(config.headers ?? {}, `servers.${name}.headers`, dependencies)
    for (const value of new URL(config.url).searchParams.values()) secrets.add(value)
    learn(headers, secrets)
    return createHttpTransport(config.url, headers, dependencies)
  }
  const extra = await resolveSecrets(config.env ?? {}, `servers.${name}.env`, dependencies)
  learn(extra, secrets)
  const env = scrubbedEnvironment(dependencies.env, extra)
  const cwd = resolve(dependencies.cwd, config.cwd ?? '.')
  const marker = `${dependencies.processes.self()}/${uuid(dependencies.random)}`
  const memoryLimit = config.memoryLimit ?? dependencies.memoryLimit
  const { command, args = [] } = config
  return createStdioTransport({ command, args, env, cwd, marker, memoryLimit }, dependencies)
}

// What was looked up is known already; a secret may also have been written out.
function learn(values: Readonly<Record<string, string>>, secrets: KnownSecrets): void {
  for (const [name, value] of Object.entries(values)) if (isSecretName(name)) secrets.add(value)
}

function describe(client: Client, transport: ServerTransport, open: Opening, ended: Promise<void>): Connection {
  const { name = '', version = '' } = client.getServerVersion() ?? {}
  return {
    client,
    questions: open.questions,
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
