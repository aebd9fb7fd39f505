import type { Clock } from './clock.ts'
import type { Random } from './random.ts'

/**
 * Makes ids: a prefix, then 26 lower-case Crockford characters in the layout of a ULID (48 bits of milliseconds, 80 bits of
 * randomness). They sort by time as text, are safe in URLs and file names, and within one `Ids` each is greater than the last,
 * even in one millisecond or when the clock goes back.
 */
export interface Ids {
  run(): string
  session(): string
  worker(): string
  message(): string
  question(): string
  schedule(): string
  webhook(): string
  request(): string
}

export { DEFAULT_TENANT, isKey, isName, isRunId, isTenant } from './name.ts'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const PAIRS = Array.from({ length: 1024 }, (_, n) => `${ALPHABET[n >> 5]}${ALPHABET[n & 31]}`)
const TWO_40 = 2 ** 40

/** Makes ids from the given clock and randomness. */
export function createIds(clock: Clock, random: Random): Ids {
  const next = createUlid(clock, random)
  return {
    run: () => `run_${next()}`,
    session: () => `session_${next()}`,
    worker: () => `worker_${next()}`,
    message: () => `message_${next()}`,
    question: () => `question_${next()}`,
    schedule: () => `schedule_${next()}`,
    webhook: () => `webhook_${next()}`,
    request: () => `request_${next()}`,
  }
}

function createUlid(clock: Clock, random: Random): () => string {
  let time = -1
  let timeText = ''
  // The 80 random bits as two numbers of 40, which doubles hold exactly.
  let high = 0
  let low = 0
  return () => {
    const now = clock.now()
    if (now > time) {
      time = Math.floor(now)
      timeText = encodeTime(time)
      const bytes = random.bytes(10)
      high = readForty(bytes, 0)
      low = readForty(bytes, 5)
    } else if (++low === TWO_40) {
      low = 0
      // Wrapping round needs 2^80 ids in a millisecond.
      high = (high + 1) % TWO_40
    }
    return timeText + encodeForty(high) + encodeForty(low)
  }
}

function encodeTime(time: number): string {
  const top = Math.floor(time / TWO_40)
  return `${PAIRS[top & 1023]}${encodeForty(time % TWO_40)}`
}

function encodeForty(value: number): string {
  const top = Math.floor(value / 2 ** 20)
  return `${PAIRS[top >> 10]}${PAIRS[top & 1023]}${PAIRS[(value >> 10) & 1023]}${PAIRS[value & 1023]}`
}

function readForty(bytes: Uint8Array, offset: number): number {
  let value = 0
  for (let i = offset; i < offset + 5; i++) value = value * 256 + (bytes[i] ?? 0)
  return value
}
