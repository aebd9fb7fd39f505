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
import { backoff } from './backoff.ts'
import type { Connection } from './connection.ts'
import { abortable } from './wait.ts'

/** What the supervisor needs of a connection. */
export type Supervised = Pick<Connection, 'ended' | 'loss' | 'close' | 'protocol' | 'software'>

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

interface Slot<Conn> {
  readonly connection: Conn
  users: number
  readonly since: number
}

// A connection that has held this long was no failure.
const HELD = 60_000

/** A supervisor that connects at the first use. */
export function createSupervisor<Conn extends Supervised>(deps: SupervisorDependencies<Conn>): Supervisor<Conn> {
  const { server, clock, random, log, onChange } = deps
  const closing = new AbortController()
  const slots = new Set<Slot<Conn>>()
  const farewells = new Set<Promise<void>>()
  let current: Slot<Conn> | undefined
  let connecting: Promise<Slot<Conn>> | undefined
  let failures = 0
  let retryAt = 0
  let problem: string | undefined

  const fail = (reason: string) => {
    failures += 1
    retryAt = clock.now() + backoff(failures, random)
    problem = reason
  }
  const retire = (slot: Slot<Conn>) => {
    if (current === slot) current = undefined
    if (slot.users > 0 || !slots.delete(slot)) return
    const farewell = slot.connection.close().catch((error: unknown) => {
      log.warn({ server, reason: String(error) }, 'An MCP connection did not close cleanly')
    })
    farewells.add(farewell)
    void farewell.finally(() => farewells.delete(farewell))
    onChange()
  }
  const watch = async (slot: Slot<Conn>) => {
    await slot.connection.ended
    const loss = slot.connection.loss()
    if (loss !== undefined && !closing.signal.aborted) {
      if (clock.now() - slot.since >= HELD) failures = 0
      fail(loss.text)
      log.warn(
        { server, reason: loss.text, retryIn: retryAt - clock.now() },
        'The connection to an MCP server was lost',
      )
    }
    retire(slot)
  }
  const connect = async () => {
    await sleepUntil(retryAt, clock, closing.signal)
    const connection = await deps.open(closing.signal).catch((error: unknown) => {
      fail(PolisError.from(error).message)
      throw error
    })
    const slot: Slot<Conn> = { connection, users: 0, since: clock.now() }
    slots.add(slot)
    current = slot
    const { protocol, software } = connection
    log.info({ server, protocol, software }, 'Connected to an MCP server')
    void watch(slot)
    onChange()
    return slot
  }
  const acquire = () => {
    if (current !== undefined) return Promise.resolve(current)
    connecting ??= connect().finally(() => {
      connecting = undefined
    })
    return connecting
  }
  return {
    use: async (signal, work) => {
      if (closing.signal.aborted) throw closedError(server)
      const slot = await abortable(acquire(), AbortSignal.any([signal, closing.signal]))
      slot.users += 1
      onChange()
      try {
        const result = await abortable(work(slot.connection), closing.signal)
        failures = 0
        problem = undefined
        return result
      } finally {
        slot.users -= 1
        if (slot.connection.loss() !== undefined) retire(slot)
        onChange()
      }
    },
    state: () => (current === undefined ? 'none' : current.users > 0 ? 'active' : 'idle'),
    problem: () => problem,
    close: async () => {
      closing.abort(closedError(server))
      await connecting?.catch(() => {
        // Its callers have been told.
      })
      current = undefined
      const last = [...slots].map(({ connection }) => connection.close())
      slots.clear()
      await Promise.allSettled([...last, ...farewells])
      onChange()
    },
  }
}

function closedError(server: string): PolisError {
  return new PolisError(
    'TOOL_UNAVAILABLE',
    `MCP server '${server}' is not available: its connection was closed for shutdown`,
    {
      details: { server },
    },
  )
}

function sleepUntil(at: number, clock: Clock, signal: AbortSignal): Promise<void> {
  if (clock.now() >= at) return signal.aborted ? Promise.reject(signal.reason) : Promise.resolve()
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancel = clock.setTimer(at, resolve)
  return abortable(promise, signal).finally(cancel)
}
