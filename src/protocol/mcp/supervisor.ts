/**
 * Role: keeps at most one usable connection to one server, for everyone who calls its tools.
 * Boundary: when to connect, and who may use what; how to connect is `open`, what to ask is the caller's.
 * Invariants:
 * 1. At most one attempt to connect is under way; all callers share its outcome.
 * 2. A lost connection is used by no new call, and closed when its last call is over.
 * 3. After failures in a row an attempt waits for its backoff; a server that has done its work resets it.
 * 4. After `close()` nothing is connected again, and everything that was opened has been closed.
 */
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { Random } from '../../core/random.ts'
import type { Log } from '../../telemetry/log.ts'
import { createBackoff } from './backoff.ts'
import { createSlots, type Supervised } from './slots.ts'
import { abortable } from './wait.ts'

/** The supervised connection to one server. */
export interface Supervisor<Conn extends Supervised> {
  /** Runs the work on the connection, making one first if need be. The signal ends only this caller's waiting. */
  use<Result>(signal: AbortSignal, work: (connection: Conn) => Promise<Result>): Promise<Result>
  /** `active` while a call is on it, `idle` while it is connected and unused. */
  state(): 'active' | 'idle' | 'none'
  /** What went wrong last; undefined once the server works again. */
  problem(): string | undefined
  close(): Promise<void>
}

/** What a supervisor works with. */
export interface SupervisorDependencies<Conn> {
  readonly server: string
  readonly open: (signal: AbortSignal) => Promise<Conn>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Called whenever `state()` may have changed. */
  readonly onChange: () => void
}

// A connection that has held this long was no failure.
const HELD = 60_000

/** A supervisor that connects at the first use. */
export function createSupervisor<Conn extends Supervised>(deps: SupervisorDependencies<Conn>): Supervisor<Conn> {
  const { server, clock, log, onChange } = deps
  const closing = new AbortController()
  const backoff = createBackoff(clock, deps.random)
  const onCloseError = (reason: unknown) =>
    log.warn({ reason: String(reason) }, 'An MCP connection did not close cleanly')
  const slots = createSlots<Conn>({ onChange, onCloseError })
  let connecting: Promise<Conn> | undefined

  const watch = async (connection: Conn) => {
    const since = clock.now()
    await connection.ended
    const loss = connection.loss()
    if (loss !== undefined && !closing.signal.aborted) {
      if (clock.now() - since >= HELD) backoff.forgive()
      const retryIn = backoff.fail(loss.text)
      log.warn({ reason: loss.text, words: loss.words, retryIn }, 'The connection to an MCP server was lost')
    }
    slots.retire(connection)
  }
  const connect = async () => {
    await backoff.wait(closing.signal)
    const connection = await deps.open(closing.signal).catch((error: unknown) => {
      backoff.fail(PolisError.from(error).message)
      throw error
    })
    slots.add(connection)
    log.info({ protocol: connection.protocol, software: connection.software }, 'Connected to an MCP server')
    void watch(connection)
    return connection
  }
  const acquire = async () => {
    const current = slots.current()
    if (current !== undefined) return current
    connecting ??= connect().finally(() => {
      connecting = undefined
    })
    return connecting
  }
  return {
    use: async (signal, work) => {
      closing.signal.throwIfAborted()
      const connection = await abortable(acquire(), AbortSignal.any([signal, closing.signal]))
      const result = await slots.hold(connection, () => abortable(work(connection), closing.signal))
      backoff.succeed()
      return result
    },
    state: slots.state,
    problem: backoff.problem,
    close: async () => {
      closing.abort(closedError(server))
      await connecting?.catch(() => {
        // Its callers have been told.
      })
      await slots.closeAll()
    },
  }
}

function closedError(server: string): PolisError {
  return new PolisError(
    'TOOL_UNAVAILABLE',
    `MCP server '${server}' is not available: its connection was closed for shutdown`,
    { details: { server } },
  )
}
