import type { ObjectType, SchemaTable, SchemaType } from './table.ts'

/** What a strict API server would not take. */
export interface SchemaFault {
  readonly kind:
    | 'unknown-field'
    | 'wrong-type'
    | 'missing-field'
    | 'invalid-value'
    | 'exclusive-fields'
    | 'duplicate-item'
  readonly path: readonly (string | number)[]
  readonly message: string
  /** Names that an unknown field could have meant. */
  readonly candidates?: readonly string[]
}

type Path = SchemaFault['path']
type Types = SchemaTable['types']

/** Compares a value to the type of an index. What is null is not there, as the API server has it. */
export function checkValue(types: Types, index: number, value: unknown, path: Path = []): readonly SchemaFault[] {
  const type = types[index]
  if (value === undefined || value === null || type === undefined || type === '*') return []
  if (typeof type === 'string') return checkPrimitive(type, value, path)
  if ('t' in type) return checkValue(types, type.t, value, path)
  if ('f' in type) return checkObject(types, type, value, path)
  if ('m' in type) {
    if (!isMapping(value)) return [wrong('a mapping', value, path)]
    return Object.entries(value).flatMap(([key, item]) => checkValue(types, type.m, item, [...path, key]))
  }
  if ('a' in type) return checkList(types, type, value, path)
  if ('i' in type) return checkBounds(type.i, value, path)
  if (typeof value !== 'string') return [wrong('a text', value, path)]
  if ('e' in type) return checkChoice(type.e, value, path)
  return matches(type.p, value) ? [] : [invalid(`'${value}' does not match ${type.p}`, path)]
}

function checkPrimitive(type: Extract<SchemaType, string>, value: unknown, path: Path): readonly SchemaFault[] {
  switch (type) {
    case 's':
      return typeof value === 'string' ? [] : [wrong('a text', value, path)]
    case 'b':
      return typeof value === 'boolean' ? [] : [wrong('true or false', value, path)]
    case 'i':
      return Number.isInteger(value) ? [] : [wrong('a whole number', value, path)]
    case 'n':
      return typeof value === 'number' ? [] : [wrong('a number', value, path)]
    case 'q':
      return typeof value === 'string' || typeof value === 'number' ? [] : [wrong('a text or a number', value, path)]
    case 'o':
      return isMapping(value) ? [] : [wrong('a mapping', value, path)]
    default:
      return []
  }
}

function checkObject(types: Types, type: ObjectType, value: unknown, path: Path): readonly SchemaFault[] {
  if (!isMapping(value)) return [wrong('a mapping', value, path)]
  const isThere = (name: string) => value[name] !== undefined && value[name] !== null
  const missing = (type.r ?? []).filter((name) => !isThere(name))
  const exclusive = (type.o ?? []).map((names) => names.filter(isThere)).filter(({ length }) => length > 1)
  return [
    ...missing.map((name) => fault('missing-field', path, `'${name}' is required`)),
    ...exclusive.map((names) =>
      fault('exclusive-fields', [...path, ...names.slice(1, 2)], `Only one of ${names.join(', ')} may be given`),
    ),
    ...Object.entries(value).flatMap(([name, item]): readonly SchemaFault[] => {
      const index = Object.hasOwn(type.f, name) ? type.f[name] : undefined
      if (index !== undefined) return checkValue(types, index, item, [...path, name])
      if (type.x === 1) return []
      return [
        { ...fault('unknown-field', [...path, name], `There is no field '${name}'`), candidates: Object.keys(type.f) },
      ]
    }),
  ]
}

function checkList(
  types: Types,
  type: { readonly a: number; readonly k?: readonly string[] },
  value: unknown,
  path: Path,
): readonly SchemaFault[] {
  if (!Array.isArray(value)) return [wrong('a list', value, path)]
  return [
    ...value.flatMap((item, index) => checkValue(types, type.a, item, [...path, index])),
    ...(type.k === undefined ? [] : repeated(type.k, value, path)),
  ]
}

function repeated(keys: readonly string[], items: readonly unknown[], path: Path): readonly SchemaFault[] {
  const seen = new Set<string>()
  return items.flatMap((item, index) => {
    if (keys.length > 0 && !isMapping(item)) return []
    const [identity, shown] = isMapping(item) && keys.length > 0 ? identify(keys, item) : whole(item)
    const isRepeated = seen.has(identity)
    seen.add(identity)
    return isRepeated ? [fault('duplicate-item', [...path, index], `Another item ${shown}`)] : []
  })
}

function identify(keys: readonly string[], item: Readonly<Record<string, unknown>>): readonly [string, string] {
  const shown = keys.filter((key) => item[key] !== undefined).map((key) => `${key} ${String(item[key])}`)
  // Ports are told apart by a protocol that has a default.
  const identity = keys.map((key) => String(item[key] ?? (key === 'protocol' ? 'TCP' : ''))).join('\n')
  return [identity, `has ${shown.join(', ')}`]
}

function whole(item: unknown): readonly [string, string] {
  return [JSON.stringify(item), `is ${JSON.stringify(item)}`]
}

function checkBounds(
  [min, max]: readonly [number | null, number | null],
  value: unknown,
  path: Path,
): readonly SchemaFault[] {
  if (typeof value !== 'number' || !Number.isInteger(value)) return [wrong('a whole number', value, path)]
  if ((min === null || value >= min) && (max === null || value <= max)) return []
  return [
    invalid(
      `${value} is not ${min === null ? '' : `at least ${min}`}${min !== null && max !== null ? ' and ' : ''}${max === null ? '' : `at most ${max}`}`,
      path,
    ),
  ]
}

function checkChoice(choices: readonly string[], value: string, path: Path): readonly SchemaFault[] {
  // The empty text means that nothing is said.
  return value === '' || choices.includes(value) ? [] : [invalid(`'${value}' is none of ${choices.join(', ')}`, path)]
}

// Patterns are those of Go, of which a few mean nothing here.
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value)
  } catch {
    return true
  }
}

function wrong(expected: string, value: unknown, path: Path): SchemaFault {
  return fault('wrong-type', path, `Expected ${expected}, got ${describe(value)}`)
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return isMapping(value) ? 'a mapping' : typeof value === 'string' ? `the text '${value}'` : String(value)
}

function invalid(message: string, path: Path): SchemaFault {
  return fault('invalid-value', path, message)
}

function fault(kind: SchemaFault['kind'], path: Path, message: string): SchemaFault {
  return { kind, path, message }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
