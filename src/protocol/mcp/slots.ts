import type { Connection } from './connection.ts'

/** What supervision needs of a connection. */
export type Supervised = Pick<Connection, 'ended' | 'loss' | 'close' | 'protocol' | 'software'>

/** The connections of one server: the one in use, and those that wait for their last calls before they are closed. */
export interface Slots<Conn> {
  current(): Conn | undefined
  /** Makes it the one that is used. */
  add(connection: Conn): void
  /** Runs the work, keeping the connection open meanwhile. */
  hold<Result>(connection: Conn, work: () => Promise<Result>): Promise<Result>
  /** No new work for it; it is closed as soon as nothing holds it. */
  retire(connection: Conn): void
  state(): 'active' | 'idle' | 'none'
  /** Closes all, held or not; resolves once they are closed. */
  closeAll(): Promise<void>
}

/** What is told of what happens to them. */
export interface SlotEvents {
  /** `state()` may have changed. */
  readonly onChange: () => void
  readonly onCloseError: (reason: unknown) => void
}

/** Slots that hold nothing yet. */
export function createSlots<Conn extends Supervised>({ onChange, onCloseError }: SlotEvents): Slots<Conn> {
  const users = new Map<Conn, number>()
  const farewells = new Set<Promise<void>>()
  let current: Conn | undefined

  const close = (connection: Conn) => {
    users.delete(connection)
    const farewell = connection.close().catch(onCloseError)
    farewells.add(farewell)
    void farewell.finally(() => farewells.delete(farewell))
  }
  const retire = (connection: Conn) => {
    if (current === connection) current = undefined
    if (users.get(connection) === 0) close(connection)
    onChange()
  }
  const count = (connection: Conn, by: number) => {
    const held = users.get(connection)
    if (held !== undefined) users.set(connection, held + by)
    onChange()
  }
  return {
    current: () => current,
    add: (connection) => {
      users.set(connection, 0)
      current = connection
      onChange()
    },
    hold: async (connection, work) => {
      count(connection, 1)
      try {
        return await work()
      } finally {
        count(connection, -1)
        if (connection.loss() !== undefined) retire(connection)
      }
    },
    retire,
    state: () => (current === undefined ? 'none' : (users.get(current) ?? 0) > 0 ? 'active' : 'idle'),
    closeAll: async () => {
      current = undefined
      for (const connection of [...users.keys()]) close(connection)
      await Promise.allSettled(farewells)
      onChange()
    },
  }
}
