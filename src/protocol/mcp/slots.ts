import type { Connection } from './connection.ts'

/** What supervision needs of a connection. */
export type Supervised = Pick<Connection, 'ended' | 'loss' | 'close' | 'protocol' | 'software'>

/** How many connections have a call on them, and how many have none. */
export interface SlotState {
  readonly active: number
  readonly idle: number
}

/** The connections of one server: those in use, and those that wait for their last calls before they are closed. */
export interface Slots<Conn> {
  /** A connection with room for a call, the last used first; it counts as held until it is released. */
  take(): Conn | undefined
  /** Makes it one that is used. */
  add(connection: Conn): void
  release(connection: Conn): void
  /** No new work for it; it is closed as soon as nothing holds it. */
  retire(connection: Conn): void
  /** One that nothing holds, the longest unused first. */
  idle(): Conn | undefined
  /** Connections that are used. */
  size(): number
  state(): SlotState
  /** Closes all, held or not; resolves once they are closed. */
  closeAll(): Promise<void>
}

/** What slots work with. */
export interface SlotOptions<Conn> {
  /** Calls that one connection takes at once. */
  readonly capacity: () => number
  /** `state()` may have changed. */
  readonly onChange: () => void
  /** It is used no more. */
  readonly onRetired: (connection: Conn) => void
  readonly onCloseError: (reason: unknown) => void
}

/** Slots that hold nothing yet. */
export function createSlots<Conn extends Supervised>(options: SlotOptions<Conn>): Slots<Conn> {
  const { capacity, onChange, onRetired, onCloseError } = options
  const users = new Map<Conn, number>()
  /** Those that are used, the last used last. */
  const open = new Set<Conn>()
  const farewells = new Set<Promise<void>>()
  const held = (connection: Conn) => users.get(connection) ?? 0
  const close = (connection: Conn) => {
    users.delete(connection)
    const farewell = connection.close().catch(onCloseError)
    farewells.add(farewell)
    void farewell.finally(() => farewells.delete(farewell))
  }
  const retire = (connection: Conn) => {
    const used = open.delete(connection)
    if (users.get(connection) === 0) close(connection)
    if (used) onRetired(connection)
    onChange()
  }
  return {
    take: () => {
      for (const connection of [...open]) if (connection.loss() !== undefined) retire(connection)
      const found = [...open].findLast((connection) => held(connection) < capacity())
      if (found === undefined) return undefined
      users.set(found, held(found) + 1)
      open.delete(found)
      open.add(found)
      onChange()
      return found
    },
    add: (connection) => {
      users.set(connection, 0)
      open.add(connection)
      onChange()
    },
    release: (connection) => {
      if (users.has(connection)) users.set(connection, held(connection) - 1)
      if (connection.loss() !== undefined) retire(connection)
      else onChange()
    },
    retire,
    idle: () => [...open].find((connection) => held(connection) === 0),
    size: () => open.size,
    state: () => {
      const active = [...open].filter((connection) => held(connection) > 0).length
      return { active, idle: open.size - active }
    },
    closeAll: async () => {
      for (const connection of [...users.keys()]) close(connection)
      for (const connection of [...open]) retire(connection)
      await Promise.allSettled(farewells)
      onChange()
    },
  }
}
