import { randomFillSync } from 'node:crypto'

/** The only source of randomness in the project, so that tests can repeat it. */
export interface Random {
  /** A number from 0 up to, but not including, 1. Not for secrets. */
  next(): number
  /** So many random bytes, in an array of the caller's own. */
  bytes(count: number): Uint8Array
}

const POOL_SIZE = 4096

/** The machine's randomness: `bytes` is fit for secrets and ids. */
export function systemRandom(): Random {
  const pool = new Uint8Array(POOL_SIZE)
  let used = POOL_SIZE
  const bytes = (count: number) => {
    if (count > POOL_SIZE) return randomFillSync(new Uint8Array(count))
    if (used + count > POOL_SIZE) {
      randomFillSync(pool)
      used = 0
    }
    const taken = pool.slice(used, used + count)
    // What has been handed out must not stay readable in the pool: it may have become a secret.
    pool.fill(0, used, used + count)
    used += count
    return taken
  }
  return { next: Math.random, bytes }
}

/** The same numbers and bytes for the same seed, for tests and simulations (Mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed | 0
  const word = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return {
    next: () => word() / 2 ** 32,
    bytes: (count) => Uint8Array.from({ length: count }, () => word() & 0xff),
  }
}

/** A random UUID (version 4), lower-case. */
export function uuid(random: Random): string {
  const bytes = random.bytes(16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Buffer.from(bytes).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
