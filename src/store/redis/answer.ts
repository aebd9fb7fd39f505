import { PolisError } from '../../core/error.ts'

/** Reads an answer of the Lua library, value by value. Each method throws INTERNAL when something else comes. */
export interface Answer {
  kind(): Kind
  text(): string
  number(): number
  /** True; or nil or false, which are one. */
  boolean(): boolean
  /** The length of an array, whose values come next. */
  array(): number
  /** Bytes of their own, which keep no larger buffer alive. */
  bytes(): Uint8Array
  /** Names and texts of a map. */
  pairs(): [string, string][]
  /** Undefined for nil and false. */
  maybeText(): string | undefined
  maybeNumber(): number | undefined
  /** Passes over one value. */
  skip(): void
  /** Where it reads. */
  place(): number
  /** Reads on from there. */
  goTo(place: number): void
}

/** What comes next; `none` is nil or false. */
export type Kind = 'text' | 'number' | 'array' | 'map' | 'none' | 'true'

interface Cursor {
  readonly reply: Buffer
  at: number
}

/** A reader at the beginning of a reply. */
export function readAnswer(reply: Buffer): Answer {
  const cursor: Cursor = { reply, at: 0 }
  return {
    kind: () => kindAt(cursor),
    text: () => takeText(cursor),
    number: () => takeNumber(cursor),
    boolean: () => takeBoolean(cursor),
    array: () => takeLength(cursor, 'array'),
    bytes: () => takeBytes(cursor),
    pairs: () => Array.from({ length: takeLength(cursor, 'map') }, () => [takeText(cursor), takeText(cursor)]),
    maybeText: () => (isNone(cursor) ? undefined : takeText(cursor)),
    maybeNumber: () => (isNone(cursor) ? undefined : takeNumber(cursor)),
    skip: () => skip(cursor),
    place: () => cursor.at,
    goTo: (place) => {
      cursor.at = place
    },
  }
}

/** What a value is, by its first byte; 0xc1 is never used. */
const KINDS: readonly (Kind | undefined)[] = Array.from({ length: 256 }, (_, code) => {
  if ((code >= 0xa0 && code <= 0xbf) || (code >= 0xd9 && code <= 0xdb)) return 'text'
  if (code <= 0x7f || code >= 0xe0 || (code >= 0xca && code <= 0xd3)) return 'number'
  if ((code >= 0x90 && code <= 0x9f) || code === 0xdc || code === 0xdd) return 'array'
  if ((code >= 0x80 && code <= 0x8f) || code === 0xde || code === 0xdf) return 'map'
  if (code === 0xc0 || code === 0xc2) return 'none'
  return code === 0xc3 ? 'true' : undefined
})

function kindAt(cursor: Cursor): Kind {
  return KINDS[cursor.reply[cursor.at] ?? 0xc1] ?? unexpected(cursor, 'a value')
}

function unexpected({ reply, at }: Cursor, wanted: string): never {
  const got = at < reply.length ? `byte 0x${reply.toString('hex', at, at + 1)} at ${at}` : 'its end'
  throw new PolisError('INTERNAL', `Expected ${wanted} in an answer of Redis, got ${got} of ${reply.length} bytes`)
}

// The length that a head says, which is read.
function takeLength(cursor: Cursor, wanted: 'text' | 'array' | 'map'): number {
  if (kindAt(cursor) !== wanted) unexpected(cursor, wanted)
  const code = cursor.reply[cursor.at++] ?? 0
  if (code <= 0x9f) return code & 0x0f
  if (code <= 0xbf) return code & 0x1f
  const size = code === 0xd9 ? 1 : code === 0xda || code === 0xdc || code === 0xde ? 2 : 4
  const length = cursor.reply.readUIntBE(cursor.at, size)
  cursor.at += size
  return length
}

function takeText(cursor: Cursor): string {
  const size = takeLength(cursor, 'text')
  const start = cursor.at
  cursor.at += size
  return size < 24 ? shortText(cursor.reply, start, cursor.at) : cursor.reply.toString('utf8', start, cursor.at)
}

// Asking Node for a few characters costs more than reading them.
function shortText(buffer: Buffer, start: number, end: number): string {
  let text = ''
  for (let index = start; index < end; index++) {
    const code = buffer[index] ?? 0
    if (code > 0x7f) return buffer.toString('utf8', start, end)
    text += String.fromCharCode(code)
  }
  return text
}

function takeBytes(cursor: Cursor): Uint8Array {
  const size = takeLength(cursor, 'text')
  const copy = new Uint8Array(size)
  copy.set(cursor.reply.subarray(cursor.at, cursor.at + size))
  cursor.at += size
  return copy
}

function takeNumber(cursor: Cursor): number {
  if (kindAt(cursor) !== 'number') unexpected(cursor, 'a number')
  const code = cursor.reply[cursor.at++] ?? 0
  if (code <= 0x7f) return code
  if (code >= 0xe0) return code - 0x100
  const [size, read] = NUMBERS[code] ?? unexpected(cursor, 'a number')
  const number = read(cursor.reply, cursor.at)
  cursor.at += size
  return number
}

type ReadNumber = (buffer: Buffer, at: number) => number

/** Size and reading of each type of number, by its code. */
const NUMBERS: Readonly<Record<number, readonly [number, ReadNumber]>> = {
  202: [4, (buffer, at) => buffer.readFloatBE(at)],
  203: [8, (buffer, at) => buffer.readDoubleBE(at)],
  204: [1, (buffer, at) => buffer.readUInt8(at)],
  205: [2, (buffer, at) => buffer.readUInt16BE(at)],
  206: [4, (buffer, at) => buffer.readUInt32BE(at)],
  207: [8, (buffer, at) => buffer.readUInt32BE(at) * 2 ** 32 + buffer.readUInt32BE(at + 4)],
  208: [1, (buffer, at) => buffer.readInt8(at)],
  209: [2, (buffer, at) => buffer.readInt16BE(at)],
  210: [4, (buffer, at) => buffer.readInt32BE(at)],
  211: [8, (buffer, at) => Number(buffer.readBigInt64BE(at))],
}

function takeBoolean(cursor: Cursor): boolean {
  const kind = kindAt(cursor)
  if (kind !== 'true' && kind !== 'none') unexpected(cursor, 'true or false')
  cursor.at++
  return kind === 'true'
}

function isNone(cursor: Cursor): boolean {
  if (kindAt(cursor) !== 'none') return false
  cursor.at++
  return true
}

function skip(cursor: Cursor): void {
  const kind = kindAt(cursor)
  if (kind === 'text') {
    const size = takeLength(cursor, 'text')
    cursor.at += size
  } else if (kind === 'number') takeNumber(cursor)
  else if (kind === 'array') for (let left = takeLength(cursor, 'array'); left > 0; left--) skip(cursor)
  else if (kind === 'map') for (let left = takeLength(cursor, 'map') * 2; left > 0; left--) skip(cursor)
  else cursor.at++
}
