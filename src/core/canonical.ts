import { hash as digest } from 'node:crypto'
import { PolisError } from './error.ts'
import { assertSerializable } from './serializable.ts'

// Text that JSON quotes without changing it: no quotes, backslashes, control characters or halves of surrogate pairs.
const UNESCAPED = /^[\x20\x21\x23-\x5b\x5d-\ud7ff\ue000-\uffff]*$/

/**
 * The JSON text with the keys of every object sorted: the same for equal values, whatever order they were built in, and the same
 * before and after `encode` and `decode`. Undefined is the empty text. Throws as `encode` does.
 */
export function canonical(value: unknown): string {
  try {
    const text = write(value)
    if (text !== undefined) return text
  } catch (cause) {
    assertSerializable(value, 'value')
    throw PolisError.from(cause, 'INVALID_ARGUMENT')
  }
  assertSerializable(value, 'value')
  return ''
}

/** A short stable hash (16 hexadecimal characters) of a value: equal for values of equal `canonical` text. Not for secrets. */
export function hash(value: unknown): string {
  return digest('sha256', canonical(value)).slice(0, 16)
}

// Undefined where JSON leaves the value out. Speaks JSON itself because sorting after JSON.parse costs three times as much.
function write(value: unknown): string | undefined {
  if (typeof value === 'string') return quote(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return writeArray(value)
  return isPlain(value) ? writeObject(value) : writeOther(value)
}

function writeArray(items: readonly unknown[]): string {
  let text = '['
  for (let index = 0; index < items.length; index++) text += `${index === 0 ? '' : ','}${write(items[index]) ?? 'null'}`
  return `${text}]`
}

function writeObject(value: Readonly<Record<string, unknown>>): string {
  let text = ''
  for (const key of Object.keys(value).sort()) {
    const item = write(value[key])
    if (item !== undefined) text += `${text === '' ? '' : ','}${quote(key)}:${item}`
  }
  return `{${text}}`
}

// Dates, class instances and whatever else says in its own way how it becomes JSON.
function writeOther(value: object): string | undefined {
  const text = JSON.stringify(value)
  return text === undefined ? undefined : write(JSON.parse(text))
}

function quote(text: string): string {
  return text.length < 1000 && UNESCAPED.test(text) ? `"${text}"` : JSON.stringify(text)
}

function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype = Object.getPrototypeOf(value)
  return (prototype === Object.prototype || prototype === null) && !('toJSON' in value)
}
