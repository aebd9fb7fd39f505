import { PolisError } from '../../core/error.ts'

/** How much the server carries now. */
export interface Load {
  /** Takes a place, or throws OVERLOADED. Give it back once, with what it returns. */
  enter(): Place
}

/** A request's place. Releasing twice does nothing. */
export interface Place {
  /** The request now only waits (a stream, a sync wait): it is counted apart. Throws OVERLOADED when too many wait. */
  hold(): void
  release(): void
}

// Who waits costs a socket and little else.
const WAITING_PER_ACTIVE = 10

/** Counts requests: at most `limit` are worked on at once, and ten times as many may wait for runs. */
export function createLoad(limit: number): Load {
  const count = { active: 0, waiting: 0 }
  return {
    enter() {
      take(count, 'active', limit)
      let held: keyof typeof count | undefined = 'active'
      return {
        hold() {
          if (held !== 'active') return
          take(count, 'waiting', limit * WAITING_PER_ACTIVE)
          count.active--
          held = 'waiting'
        },
        release() {
          if (held !== undefined) count[held]--
          held = undefined
        },
      }
    },
  }
}

function take<Name extends string>(count: Record<Name, number>, name: Name, limit: number): void {
  if (count[name] >= limit) {
    throw new PolisError(
      'OVERLOADED',
      `The server has ${limit} ${name} requests already (server.max_concurrent_requests). Try again in a moment`,
    )
  }
  count[name]++
}
