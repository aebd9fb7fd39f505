/**
 * Role: shares the process's connections (`mcp.connection_pool_size`) among its servers.
 * Boundary: counts; whoever opens and closes connections asks here.
 * Invariants:
 * 1. Every server can have its own part at any time, whatever the others do: half of the connections, divided evenly, at least one each.
 * 2. What is left belongs to whoever comes first; all together never have more than the size.
 * 3. A connection over its server's part that nobody uses gives way to one that is needed.
 */

/** One server's share of the connections. */
export interface ConnectionShare {
  /** Takes the right to one more connection; false when there is none. */
  take(): boolean
  /** Gives one back. */
  give(): void
}

/** How a server that others share with can be asked to close a connection, and told that there may be one to take. */
export interface Sharer {
  /** Closes a connection that nobody uses, and gives it back; false when there is none. */
  readonly shed: () => boolean
  readonly onFree: () => void
}

/** Shares `size` connections among so many servers; gives each its share when it joins. */
export function createConnectionShares(size: number, servers: number): (sharer: Sharer) => ConnectionShare {
  const part = Math.max(1, Math.floor(size / 2 / Math.max(1, servers)))
  const members: { readonly sharer: Sharer; taken: number }[] = []
  const left = () =>
    size - members.reduce((sum, { taken }) => sum + Math.max(taken, part), 0) - (servers - members.length) * part
  return (sharer) => {
    const member = { sharer, taken: 0 }
    members.push(member)
    const mayTake = () => member.taken < part || left() > 0
    return {
      take: () => {
        if (!mayTake()) members.some((other) => other !== member && other.taken > part && other.sharer.shed())
        if (!mayTake()) return false
        member.taken += 1
        return true
      },
      give: () => {
        member.taken -= 1
        for (const other of members) if (other !== member) other.sharer.onFree()
      },
    }
  }
}
