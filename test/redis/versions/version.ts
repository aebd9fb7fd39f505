/** A version of Redis, or of what speaks like it, and where Debian has it. */
export interface Version {
  readonly name: string
  /** The suite of the archive. */
  readonly suite: string
  readonly product: 'redis' | 'valkey'
}

/** What the store is tested on, the oldest that it supports first. */
export const VERSIONS: readonly Version[] = [
  { name: 'redis-7.0', suite: 'bookworm', product: 'redis' },
  { name: 'redis-8.0', suite: 'trixie', product: 'redis' },
  { name: 'valkey-8.1', suite: 'trixie', product: 'valkey' },
  { name: 'valkey-9.1', suite: 'forky', product: 'valkey' },
]
