import { hash as digest } from 'node:crypto'
import { PolisError } from './error.ts'
import { assertSerializable } from './serializable.ts'

const NOTHING = new Uint8Array(0)

/**
 * A value as the bytes that the store keeps: UTF-8 JSON. Undefined is no bytes at all, so that it comes back as undefined.
 *
 * Whatever JSON leaves out is left out (functions and undefined in objects); what JSON refuses (bigint, cycles, extreme depth) is
 * INVALID_ARGUMENT with the path of the culprit. `assertSerializable` also finds what JSON changes in silence.
 */
export function encode(value: unknown): Uint8Array {
  const text = stringify(value)
  return text === undefined ? NOTHING : Buffer.from(text)
}

/** The value that was encoded; STORE_CORRUPT when the bytes are not JSON. */
export function decode(bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0) return undefined
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString())
  } catch (cause) {
    throw new PolisError('STORE_CORRUPT', `Expected ${bytes.byteLength} stored bytes to be JSON, and they are not`, {
      cause,
    })
  }
}

/** The JSON text with the keys of every object sorted, the same for equal values whatever order they were built in. */
export function canonical(value: unknown): string {
  const text = stringify(value)
  return text === undefined ? '' : typeof value === 'object' ? sorted(JSON.parse(text)) : text
}

/** A short stable hash (16 hexadecimal characters) of a value: equal for values of equal `canonical` text. Not for secrets. */
export function hash(value: unknown): string {
  return digest('sha256', canonical(value)).slice(0, 16)
}

function stringify(value: unknown): string | undefined {
  if (value === undefined) return undefined
  try {
    const text = JSON.stringify(value)
    if (text !== undefined) return text
  } catch (cause) {
    assertSerializable(value, 'value')
    throw PolisError.from(cause, 'INVALID_ARGUMENT')
  }
  assertSerializable(value, 'value')
  return undefined
}

function sorted(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${sorted(item)}`).join()}}`
}
