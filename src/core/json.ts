import { PolisError } from './error.ts'
import { assertSerializable } from './serializable.ts'

export { canonical, hash } from './canonical.ts'
export { assertSerializable } from './serializable.ts'

const NOTHING = new Uint8Array(0)

/**
 * A value as the bytes that the store keeps: UTF-8 JSON. Undefined is no bytes at all, so that it comes back as undefined.
 *
 * Whatever JSON leaves out is left out (functions and undefined in objects); what JSON refuses (bigint, cycles) is
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
