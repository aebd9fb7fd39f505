import { PolisError } from './error.ts'

/** How deeply nested a value may be to be stored. */
export const MAX_DEPTH = 100

type Fault = { readonly path: string; readonly problem: string }

/**
 * Checks that a value survives being stored as JSON; else INVALID_ARGUMENT with the path of what does not.
 *
 * `what` names the value in the message (`result of step "fetch"`). Refused are functions, symbols, bigints, numbers that are not
 * finite, cycles, depth over `MAX_DEPTH`, and what JSON would empty in silence: promises, maps, sets, binary data, errors.
 */
export function assertSerializable(value: unknown, what: string): void {
  const fault = findFault(value, '$', [])
  if (fault === undefined) return
  throw new PolisError(
    'INVALID_ARGUMENT',
    `Expected the ${what} to be storable as JSON, but ${fault.path} ${fault.problem}`,
    {
      details: { path: fault.path },
    },
  )
}

function findFault(value: unknown, path: string, above: object[]): Fault | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return undefined
    case 'number':
      return Number.isFinite(value) ? undefined : { path, problem: `is ${value}: use null or a text instead` }
    case 'object':
      return value === null ? undefined : findFaultIn(value, path, above)
    default:
      return { path, problem: `is a ${typeof value}${typeof value === 'bigint' ? ': use a text instead' : ''}` }
  }
}

function findFaultIn(value: object, path: string, above: object[]): Fault | undefined {
  if (above.includes(value)) return { path, problem: 'refers back to an object that contains it' }
  if (above.length >= MAX_DEPTH) return { path: shorten(path), problem: `is nested deeper than ${MAX_DEPTH}` }
  above.push(value)
  const fault = findFaultBelow(value, path, above)
  above.pop()
  return fault
}

function findFaultBelow(value: object, path: string, above: object[]): Fault | undefined {
  if (Array.isArray(value)) return first(value, (item, index) => findFault(item, `${path}[${index}]`, above))
  if ('toJSON' in value && typeof value.toJSON === 'function') return findFault(value.toJSON(''), path, above)
  const problem = problemOf(value)
  if (problem !== undefined) return { path, problem }
  return first(Object.entries(value), ([key, item]) => findFault(item, join(path, key), above))
}

function first<Item>(
  items: readonly Item[],
  find: (item: Item, index: number) => Fault | undefined,
): Fault | undefined {
  for (const [index, item] of items.entries()) {
    const fault = find(item, index)
    if (fault !== undefined) return fault
  }
  return undefined
}

function problemOf(value: object): string | undefined {
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return undefined
  if (value instanceof Promise) return 'is a promise: await it first'
  if (value instanceof Map) return 'is a Map: use Object.fromEntries(map)'
  if (value instanceof Set) return 'is a Set: use [...set]'
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return 'is binary data: use a blob, or base64 text'
  if (value instanceof Error) return 'is an error: use its message'
  return undefined
}

function join(path: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
}

function shorten(path: string): string {
  return path.length > 120 ? `${path.slice(0, 60)}…${path.slice(-20)}` : path
}
