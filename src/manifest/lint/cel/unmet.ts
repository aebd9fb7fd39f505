import type { Condition, SchemaTable, SchemaType } from '../../schema/table.ts'
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

/** Finds what a value does not meet: conditions of the type of an index, and of the types within it. The value is otherwise valid. */
export type FindUnmet = (index: number, value: unknown) => Iterable<Unmet>

/** Makes the search for a table of types. */
export function createFindUnmet(types: Types): FindUnmet {
  const conditional = conditionalTypes(types)
  return (index, value) => unmetBy(types, conditional, index, value, [])
}

// Most types have no conditions, and none within: nothing of them is walked.
function conditionalTypes(types: Types): ReadonlySet<number> {
  const holders = Map.groupBy(
    types.flatMap((type, holder) => partsOf(type).map((part) => ({ part, holder }))),
    ({ part }) => part,
  )
  const found = new Set(types.flatMap((type, index) => (typeof type === 'object' && 't' in type ? [index] : [])))
  // A set is walked to its end, with what is added on the way.
  for (const index of found) for (const { holder } of holders.get(index) ?? []) found.add(holder)
  return found
}

function partsOf(type: SchemaType): readonly number[] {
  if (typeof type !== 'object') return []
  if ('t' in type) return [type.t]
  if ('a' in type) return [type.a]
  if ('m' in type) return [type.m]
  return 'f' in type ? Object.values(type.f) : []
}

function* unmetBy(
  types: Types,
  conditional: ReadonlySet<number>,
  index: number,
  value: unknown,
  path: Path,
): Generator<Unmet> {
  const type = types[index]
  if (value === undefined || value === null || typeof type !== 'object' || !conditional.has(index)) return
  const within = (part: number, item: unknown, ...steps: Path) =>
    unmetBy(types, conditional, part, item, [...path, ...steps])
  if ('t' in type) {
    const self = toCel(types, type.t, value)
    yield* type.v.filter((condition) => isUnmet(condition, self)).map(([rule, message = rule]) => ({ path, message }))
    yield* within(type.t, value)
  }
  if ('a' in type && Array.isArray(value)) for (const [at, item] of value.entries()) yield* within(type.a, item, at)
  if (!isMapping(value)) return
  if ('m' in type) for (const [key, item] of Object.entries(value)) yield* within(type.m, item, key)
  if ('f' in type) {
    for (const [name, item] of keptFields(type, value)) {
      const field = type.f[name]
      if (field !== undefined) yield* within(field, item, name)
    }
  }
}

function isUnmet([expression]: Condition, self: unknown): boolean {
  return cel(expression, { self })?.value === false
}
