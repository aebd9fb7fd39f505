import type { ObjectType, SchemaTable } from '../../schema/table.ts'

type Types = SchemaTable['types']

/**
 * A value as CEL sees it: whole numbers as bigint, mappings as Map, names of fields escaped, and of a known type what the
 * API server keeps of it, with its defaults. `index` is undefined for what has no known type.
 */
export function toCel(types: Types, index: number | undefined, value: unknown): unknown {
  const type = index === undefined ? '*' : types[index]
  if (typeof value === 'number') return Number.isInteger(value) && type !== 'n' ? BigInt(value) : value
  if (typeof type === 'object' && 't' in type) return toCel(types, type.t, value)
  if (Array.isArray(value)) {
    const items = typeof type === 'object' && 'a' in type ? type.a : undefined
    return value.map((item) => toCel(types, items, item))
  }
  if (!isMapping(value)) return value
  if (typeof type === 'object' && 'f' in type) return toObject(types, type, value)
  const items = typeof type === 'object' && 'm' in type ? type.m : undefined
  return new Map(Object.entries(value).map(([key, item]) => [key, toCel(types, items, item)]))
}

/** The fields of an object that the API server keeps, with its defaults. */
export function keptFields(type: ObjectType, value: Readonly<Record<string, unknown>>): readonly [string, unknown][] {
  const given = Object.entries(value).filter(([, item]) => item !== undefined && item !== null)
  const all = Object.entries({ ...type.d, ...Object.fromEntries(given) })
  return type.x === 1 ? all : all.filter(([name]) => Object.hasOwn(type.f, name))
}

/** Whether a value is a mapping. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function toObject(types: Types, type: ObjectType, value: Readonly<Record<string, unknown>>): Map<string, unknown> {
  return new Map(keptFields(type, value).map(([name, item]) => [escapeName(name), toCel(types, type.f[name], item)]))
}

/** Words of CEL, which no field may be called (source: k8s.io/apiserver, pkg/cel/escaping.go). */
const RESERVED =
  /^(true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$/

const SIGNS: Readonly<Record<string, string>> = {
  ...{ __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' },
}

function escapeName(name: string): string {
  if (RESERVED.test(name)) return `__${name}__`
  return name.replaceAll(/__|[.\-/]/g, (sign) => SIGNS[sign] ?? sign)
}
