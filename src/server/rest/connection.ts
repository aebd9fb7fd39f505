import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../core/clock.ts'
import { abortable } from '../../core/pause.ts'
import type { Gate } from './dependency.ts'

/** How long a client may keep a connection, in milliseconds: a new one may lead to another process. */
const AGE = 30_000

/** How long a process that ends waits for clients to hear that they are to connect elsewhere, in milliseconds. */
const FAREWELL = 1000

/** What connections depend on. */
export interface ConnectionOptions {
  readonly clock: Clock
  readonly gate: Gate
}

/**
 * Sends clients to other processes: all of them before this one ends, and each after a while.
 *
 * What spreads clients spreads connections, not requests. Whoever kept one would stay with the pods of an old release, and never reach
 * one that was added. A client that is told with an answer sends its next request elsewhere; one whose connection is closed without a
 * word may just have sent it. Answers how the end is waited for: not at all where there is no other process.
 */
export function addConnections(app: FastifyInstance, { clock, gate }: ConnectionOptions): () => Promise<void> {
  const since = new Map<Socket, number>()
  let empty = () => {}
  app.server.on('connection', (socket) => {
    since.set(socket, clock.now())
    socket.once('close', () => {
      since.delete(socket)
      if (since.size === 0) empty()
    })
  })
  app.addHook('onSend', async ({ raw: { socket } }, reply) => {
    const isOld = clock.now() - (since.get(socket) ?? clock.now()) >= AGE
    if (isOld || gate.draining) reply.header('connection', 'close')
  })
  return async () => {
    if (!gate.shared || since.size === 0) return
    const over = new AbortController()
    empty = () => over.abort()
    // That the last one has gone ends the wait as well.
    await abortable(clock, FAREWELL, over.signal).catch(() => {})
  }
}
