import type { PriorDiscovery } from '@modelcontextprotocol/client'
import { isStdio } from './config.ts'
import { type Connection, openConnection } from './connection.ts'
import type { SecretSource } from './secret-value.ts'
import type { McpServerDependencies, McpServerTarget } from './server-target.ts'
import type { ServerTransport } from './server-transport.ts'
import { createSupervisor, type Supervisor } from './supervisor.ts'
import type { ToolList } from './tool-list.ts'

// Requests that one process is given at once; more wait their turn.
const MOST_CALLS = 100
const IDLE_LIMIT = 60_000

/** What supervising one server needs. */
export interface SuperviseDependencies extends McpServerDependencies, SecretSource {
  readonly list: ToolList
  /** Sees each transport as it is made. */
  readonly onTransport: (transport: ServerTransport) => void
}

/**
 * Supervises the connections to one server.
 *
 * Over HTTP a connection takes one call at a time, and more are made as calls come. A child process takes many; one that asks questions in
 * the middle of its calls takes one, since only so it is known whose question it is, and then it may have several processes too.
 */
export function supervise(target: McpServerTarget, dependencies: SuperviseDependencies): Supervisor<Connection> {
  const { name, config, limit } = target
  const { list, join, random } = dependencies
  let known: PriorDiscovery | undefined
  let listening: Connection | undefined
  let asks = false
  const isChild = isStdio(config)
  const most = isChild ? Number.POSITIVE_INFINITY : (config.connections ?? Number.POSITIVE_INFINITY)
  const onQuestion = () => {
    asks = true
  }
  const open = async (signal: AbortSignal) => {
    // One connection listens for changes of the tools, for all. One that is made from what is known opens no stream to listen on.
    const onToolsChanged = listening === undefined ? list.forget : undefined
    const tried = onToolsChanged !== undefined && known?.kind === 'modern' ? undefined : known
    known = undefined
    const how = { ...dependencies, onQuestion, onToolsChanged }
    const connection = await openConnection({ name, config, limit, known: tried }, how, signal)
    known = discoveryOf(connection)
    if (onToolsChanged !== undefined && listening === undefined) listen(connection)
    return connection
  }
  const listen = (connection: Connection) => {
    listening = connection
    if (hears(connection)) list.trust()
    const deaf = () => {
      if (listening !== connection) return
      listening = undefined
      list.distrust()
    }
    void connection.ended.then(deaf)
    // The server ended the stream on which it would tell: what we know may be out of date from now on.
    void connection.client.autoOpenedSubscription?.closed.then(() => listening === connection && list.distrust())
  }
  return createSupervisor({
    ...{
      server: name,
      clock: dependencies.clock,
      random,
      log: dependencies.log,
      onChange: dependencies.onChange,
      join,
      open,
    },
    capacity: () => (isChild && !asks ? MOST_CALLS : 1),
    most: () => (isChild && !asks ? 1 : most),
    idleLimit: IDLE_LIMIT,
  })
}

// A server that does not tell of changes is believed until something is not in its list.
function hears({ client }: Connection): boolean {
  const tells = client.getServerCapabilities()?.tools?.listChanged === true
  return client.getProtocolEra() === 'legacy' || !tells || client.autoOpenedSubscription !== undefined
}

// Asked once, and kept only while the server works: the next connection after a failure asks anew.
function discoveryOf({ client }: Connection): PriorDiscovery | undefined {
  if (client.getProtocolEra() === 'legacy') return { kind: 'legacy' }
  const discover = client.getDiscoverResult()
  return discover === undefined ? undefined : { kind: 'modern', discover }
}
