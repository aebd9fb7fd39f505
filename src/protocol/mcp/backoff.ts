import type { Random } from '../../core/random.ts'

const FIRST = 200
const LONGEST = 30_000

/**
 * Milliseconds to wait before connecting again after so many failures in a row: doubling from 200 ms to 30 s, of which the second
 * half is left to chance, so that many workers do not come back at the same moment.
 */
export function backoff(failures: number, random: Random): number {
  if (failures === 0) return 0
  const full = Math.min(LONGEST, FIRST * 2 ** Math.min(failures - 1, 20))
  return Math.round(full / 2 + (full / 2) * random.next())
}
