import type { Condition, SchemaTable } from '../../schema/table.ts'
import { createCel } from './cel.ts'
import { isMapping, keptFields, toCel } from './to-cel.ts'

/** A condition that a value does not meet. */
export interface Unmet {
  readonly path: readonly (string | number)[]
  readonly message: string
}

type Types = SchemaTable['types']
type Path = Unmet['path']

const cel = createCel(['self'])

/** The conditions of a type, and of the types within it, that a value does not meet: it is otherwise valid. */
export function* unmetBy(types: Types, index: number, value: unknown, path: Path = []): Generator<Unmet> {
  const type = types[index]
  if (value === undefined || value === null || typeof type !== 'object') return
  if ('t' in type) {
    const self = toCel(types, type.t, value)
    yield* type.v.filter((condition) => isUnmet(condition, self)).map(([rule, message = rule]) => ({ path, message }))
    yield* unmetBy(types, type.t, value, path)
  }
  if ('a' in type && Array.isArray(value)) {
    for (const [at, item] of value.entries()) yield* unmetBy(types, type.a, item, [...path, at])
  }
  if (!isMapping(value)) return
  if ('m' in type) for (const [key, item] of Object.entries(value)) yield* unmetBy(types, type.m, item, [...path, key])
  if ('f' in type) {
    for (const [name, item] of keptFields(type, value)) {
      const field = type.f[name]
      if (field !== undefined) yield* unmetBy(types, field, item, [...path, name])
    }
  }
}

function isUnmet([expression]: Condition, self: unknown): boolean {
  return cel(expression, { self })?.value === false
}
