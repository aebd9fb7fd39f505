import { PolisError } from '../../../core/error.ts'
import { showHostPort } from '../../../core/host-port.ts'
import { isReply, isUnsent, lost, meaningOf, unavailable } from './failure.ts'
import type { Confirmation } from './judge.ts'
import type { Socket } from './socket.ts'

/**
 * Waits until what was sent on a connection, for the shard whose keys begin so, has reached its durability.
 *
 * 1. One wait serves all calls of a turn: it is sent behind the last of them.
 * 2. It is sent behind a write of its own. What Redis confirms is what came before the last write of this connection: a read may have
 *    seen what a failover takes back, and a commit that is sent again writes nothing when it finds itself.
 */
export type Confirm = (tag: string) => Promise<void>

// Carried out also when memory is full, which SET is not.
const MARK = "#!lua flags=allow-oom\nreturn redis.call('set', KEYS[1], '1')"

// Parts of the time after which a silent connection counts as dead. An fsync of `everysec` may itself take two seconds.
const REPLICAS_WITHIN = 0.5
const FSYNC_WITHIN = 0.8

/** The waits of one connection, each shorter than `timeout` (ms), after which silence would be the end of it. */
export function createConfirm(socket: Socket, confirmation: Confirmation, timeout: number): Confirm {
  const done = Promise.resolve()
  const limit = Math.round(timeout * (confirmation.kind === 'fsync' ? FSYNC_WITHIN : REPLICAS_WITHIN))
  if (confirmation.kind === 'none') return () => done
  let open: Promise<void> | undefined
  return (tag) => {
    if (open !== undefined) return open
    open = done.then(() => {
      open = undefined
      return wait(socket, confirmation, limit, `${tag}mark`)
    })
    // Whoever asked may be gone by then, with an error of its own.
    open.catch(() => undefined)
    return open
  }
}

async function wait(socket: Socket, confirmation: Confirmation, limit: number, mark: string): Promise<void> {
  const wanted = confirmation.kind === 'replicas' ? confirmation.count : 1
  const marked = socket.send('eval', MARK, 1, mark)
  const waited =
    confirmation.kind === 'replicas' ? socket.send('wait', wanted, limit) : socket.send('waitaof', 1, 0, limit)
  try {
    const [reached] = await Promise.all([waited, marked])
    const count = Number(Array.isArray(reached) ? reached[0] : reached)
    if (count < wanted) throw unconfirmed(socket, confirmation, count, limit)
  } catch (reason) {
    // What was to be confirmed has been sent all the same.
    if (isUnsent(reason)) throw lost(socket.address, 'the connection was closed')
    throw isReply(reason) ? meaningOf(reason, socket.address).error : reason
  }
}

function unconfirmed(socket: Socket, confirmation: Confirmation, count: number, limit: number): PolisError {
  const within = `within ${limit / 1000} s: whether it lasts is not known`
  if (confirmation.kind !== 'replicas') return unavailable(socket.address, `did not write the commit to disk ${within}`)
  return new PolisError(
    'STORE_UNAVAILABLE',
    `Redis at ${showHostPort(socket.address)} took the commit, but ${count} of ${confirmation.count} replicas confirmed it ${within}`,
    { details: { replicas: count, wanted: confirmation.count } },
  )
}
