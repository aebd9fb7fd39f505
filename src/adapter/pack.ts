import { PolisError } from '../core/error.ts'
import { MAX_DEPTH } from '../core/serializable.ts'

/** The key that marks what JSON has no form for. */
const MARK = '$polis'

type Kind = 'date' | 'bytes' | 'url' | 'bigint' | 'object'

/**
 * A value as plain JSON that `unpack` turns back: dates, binary data, URLs and bigints survive, which libraries hand around.
 *
 * Throws INVALID_ARGUMENT for what is nested too deep, as anything with a cycle is. What says itself how it becomes JSON does so; other instances become plain objects; functions and symbols are left out.
 */
export function pack(value: unknown): unknown {
  return packAt(value, 0)
}

function packAt(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return marked('bigint', String(value))
  if (typeof value === 'function' || typeof value === 'symbol') return undefined
  if (typeof value !== 'object' || value === null) return value
  if (depth > MAX_DEPTH) throw tooDeep()
  if (Array.isArray(value)) return value.map((item) => packAt(item, depth + 1) ?? null)
  if (value instanceof Date) return marked('date', value.toISOString())
  if (value instanceof URL) return marked('url', value.href)
  const bytes = bytesOf(value)
  if (bytes !== undefined) return marked('bytes', Buffer.from(bytes).toString('base64'))
  if ('toJSON' in value && typeof value.toJSON === 'function') return packAt(value.toJSON(), depth + 1)
  const packed = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, packAt(item, depth + 1)]))
  return MARK in packed ? marked('object', packed) : packed
}

function tooDeep(): PolisError {
  return new PolisError(
    'INVALID_ARGUMENT',
    `Expected what is recorded of a call to be nested at most ${MAX_DEPTH} deep, and to hold no cycle`,
  )
}

/** The value that was packed. */
export function unpack(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(unpack)
  if (MARK in value) return unmark(value as unknown as Marked)
  return unpackAll(value)
}

interface Marked {
  readonly [MARK]: Kind
  readonly value: unknown
}

function marked(kind: Kind, value: unknown): Marked {
  return { [MARK]: kind, value }
}

function unmark({ [MARK]: kind, value }: Marked): unknown {
  if (kind === 'object') return unpackAll(value as object)
  const text = String(value)
  if (kind === 'date') return new Date(text)
  if (kind === 'url') return new URL(text)
  if (kind === 'bigint') return BigInt(text)
  return new Uint8Array(Buffer.from(text, 'base64'))
}

function unpackAll(value: object): unknown {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpack(item)]))
}

function bytesOf(value: object): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined
}
