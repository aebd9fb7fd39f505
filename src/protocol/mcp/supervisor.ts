/**
 * Role: keeps the connections to one server, for everyone who calls its tools.
 * Boundary: when to connect, and who may use what; how to connect is `open`, what to ask is the caller's.
 * Invariants:
 * 1. While nothing is connected at most one attempt to connect is under way; all callers share its outcome. Further connections are made
 *    only as calls wait, within the share.
 * 2. A lost connection is used by no new call, and closed when its last call is over.
 * 3. After failures in a row an attempt waits for its time, and from some number on calls are refused; a server that has done its work
 *    resets it.
 * 4. After `close()` nothing is connected again, and everything that was opened has been closed.
 * 5. Calls get their connection in the order of their coming; a connection that nobody has used for a while is closed, but for one.
 */
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { Random } from '../../core/random.ts'
import type { Log } from '../../telemetry/log.ts'
import { type Breaker, createBreaker } from './breaker.ts'
import type { ConnectionShare, Sharer } from './connection-share.ts'
import { createSlots, type SlotState, type Slots, type Supervised } from './slots.ts'
import { createTurns, type Turns } from './turns.ts'
import { abortable } from './wait.ts'

/** The supervised connections to one server. */
export interface Supervisor<Conn extends Supervised> {
  /** Runs the work on a connection, making one first if need be. The signal ends only this caller's waiting. */
  use<Result>(signal: AbortSignal, work: (connection: Conn) => Promise<Result>): Promise<Result>
  /** Notes that the server failed without losing its connection. */
  blame(reason: string): void
  /** Notes that the server works, though a call of it failed. */
  praise(): void
  state(): SlotState
  /** Whether calls are refused at once since the server failed too often. */
  isOpen(): boolean
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
  /** Joins those who share the connections. */
  readonly join: (sharer: Sharer) => ConnectionShare
  /** Calls that one connection takes at once. */
  readonly capacity: () => number
  /** Connections that it may have at once, within its share. */
  readonly most: () => number
  /** Milliseconds after which an unused connection is closed, unless it is the last one. */
  readonly idleLimit: number
}

// A connection that has held this long was no failure.
const HELD = 60_000

/** A supervisor that connects at the first use. */
export function createSupervisor<Conn extends Supervised>(deps: SupervisorDependencies<Conn>): Supervisor<Conn> {
  const pool = createPool(deps)
  const { closing, breaker, slots } = pool
  return {
    use: async (signal, work) => {
      closing.signal.throwIfAborted()
      const leave = breaker.enter()
      try {
        const connection = await acquire(pool, AbortSignal.any([signal, closing.signal]))
        try {
          const result = await abortable(work(connection), closing.signal)
          breaker.succeed()
          return result
        } finally {
          pool.releasedAt.set(connection, deps.clock.now())
          slots.release(connection)
          serve(pool)
        }
      } finally {
        leave()
      }
    },
    blame: (reason) => void breaker.fail(reason),
    praise: breaker.succeed,
    state: slots.state,
    isOpen: breaker.isOpen,
    problem: breaker.problem,
    close: async () => {
      closing.abort(closedError(deps.server))
      pool.cancelIdle()
      await Promise.all(pool.connecting)
      await slots.closeAll()
    },
  }
}

interface Pool<Conn extends Supervised> {
  readonly deps: SupervisorDependencies<Conn>
  readonly closing: AbortController
  readonly breaker: Breaker
  readonly turns: Turns<Conn>
  readonly slots: Slots<Conn>
  readonly share: ConnectionShare
  /** Attempts under way. */
  readonly connecting: Set<Promise<void>>
  readonly releasedAt: WeakMap<Conn, number>
  cancelIdle: () => void
}

function createPool<Conn extends Supervised>(deps: SupervisorDependencies<Conn>): Pool<Conn> {
  const { clock, log } = deps
  const pool: Pool<Conn> = {
    deps,
    closing: new AbortController(),
    breaker: createBreaker(deps.server, clock, deps.random),
    turns: createTurns(),
    slots: createSlots({
      capacity: deps.capacity,
      onChange: deps.onChange,
      onRetired: () => pool.share.give(),
      onCloseError: (reason) => log.warn({ reason: String(reason) }, 'An MCP connection did not close cleanly'),
    }),
    share: deps.join({ shed: () => shed(pool), onFree: () => grow(pool) }),
    connecting: new Set(),
    releasedAt: new WeakMap(),
    cancelIdle: () => {},
  }
  return pool
}

async function acquire<Conn extends Supervised>(pool: Pool<Conn>, signal: AbortSignal): Promise<Conn> {
  signal.throwIfAborted()
  const free = pool.turns.size() === 0 ? pool.slots.take() : undefined
  if (free !== undefined) return free
  const turn = pool.turns.wait(signal)
  serve(pool)
  return turn
}

/** Gives free connections to those who wait, and makes more where there are not enough. */
function serve<Conn extends Supervised>(pool: Pool<Conn>): void {
  while (pool.turns.size() > 0) {
    const free = pool.slots.take()
    if (free === undefined) return grow(pool)
    pool.turns.serve(free)
  }
  watchIdle(pool)
}

function grow<Conn extends Supervised>(pool: Pool<Conn>): void {
  const { turns, connecting, share, slots } = pool
  while (turns.size() > connecting.size && mayGrow(pool) && share.take()) {
    const attempt = connect(pool).then(
      () => void connecting.delete(attempt),
      (error: unknown) => {
        connecting.delete(attempt)
        share.give()
        if (slots.size() === 0 && connecting.size === 0) turns.failAll(error)
      },
    )
    connecting.add(attempt)
    void attempt.then(() => serve(pool))
  }
}

function mayGrow<Conn extends Supervised>({ closing, slots, connecting, deps }: Pool<Conn>): boolean {
  if (closing.signal.aborted || (slots.size() === 0 && connecting.size > 0)) return false
  return slots.size() + connecting.size < Math.max(1, deps.most())
}

async function connect<Conn extends Supervised>(pool: Pool<Conn>): Promise<void> {
  const { deps, closing, breaker, slots } = pool
  await breaker.wait(closing.signal)
  const connection = await deps.open(closing.signal).catch((error: unknown) => {
    breaker.fail(PolisError.from(error).message)
    throw error
  })
  slots.add(connection)
  deps.log.info({ protocol: connection.protocol, software: connection.software }, 'Connected to an MCP server')
  void watch(pool, connection)
}

async function watch<Conn extends Supervised>(pool: Pool<Conn>, connection: Conn): Promise<void> {
  const { clock, log } = pool.deps
  const since = clock.now()
  await connection.ended
  const loss = connection.loss()
  if (loss !== undefined && !pool.closing.signal.aborted) {
    if (clock.now() - since >= HELD) pool.breaker.forgive()
    const retryIn = pool.breaker.fail(loss.text)
    log.warn({ reason: loss.text, words: loss.words, retryIn }, 'The connection to an MCP server was lost')
  }
  pool.slots.retire(connection)
  serve(pool)
}

/** Closes the connection that was unused for longest; false when all are used. */
function shed<Conn extends Supervised>({ slots }: Pool<Conn>): boolean {
  const idle = slots.idle()
  if (idle === undefined) return false
  slots.retire(idle)
  return true
}

function watchIdle<Conn extends Supervised>(pool: Pool<Conn>): void {
  const { slots, deps, closing } = pool
  pool.cancelIdle()
  pool.cancelIdle = () => {}
  const idle = slots.idle()
  if (slots.size() < 2 || idle === undefined || closing.signal.aborted) return
  const { clock, idleLimit } = deps
  pool.cancelIdle = clock.setTimer((pool.releasedAt.get(idle) ?? clock.now()) + idleLimit, () => {
    if (slots.size() > 1 && slots.idle() === idle) slots.retire(idle)
    watchIdle(pool)
  })
}

function closedError(server: string): PolisError {
  return new PolisError(
    'TOOL_UNAVAILABLE',
    `MCP server '${server}' is not available: its connection was closed for shutdown`,
    { details: { server } },
  )
}
