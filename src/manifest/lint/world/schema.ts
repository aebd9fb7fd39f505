import { checkValue, type SchemaFault } from '../../schema/check-value.ts'
import { createTableBuilder } from '../../schema/compact.ts'
import { type CustomResourceDefinition, kindsOf } from '../../schema/custom-resource.ts'
import { readTable } from '../../schema/read-table.ts'
import { kindKey, type SchemaTable } from '../../schema/table.ts'
import { toCel } from '../cel/to-cel.ts'
import { createFindUnmet, type Unmet } from '../cel/unmet.ts'
import type { Field, Subject } from '../field.ts'

/** The schemas that objects are compared to: those that ship, and those of definitions that are linted too. */
export interface Schemas {
  /** Whether it is known what kinds a group has. */
  isKnownGroup(group: string): boolean
  /** Versions of a group that have a kind. */
  versionsOf(group: string, kind: string): readonly string[]
  /** Undefined where the kind is not known. */
  isNamespaced(subject: Subject): boolean | undefined
  faultsOf(subject: Subject): readonly SchemaFault[]
  /** Conditions of its definition that an object does not meet: looked at where it has no other faults, as the API server does. */
  unmetBy(subject: Subject): Iterable<Unmet>
  /** The object as expressions in CEL see it. */
  toCel(subject: Subject): unknown
}

/** Makes the schemas for some objects; nothing is read before the first question. */
export function createSchemas(subjects: readonly Subject[]): Schemas {
  const table = once(() => withDefinitions(readTable(), subjects))
  const findUnmet = once(() => createFindUnmet(table().types))
  const shipped = once(() => new Set(Object.keys(readTable().kinds).map((key) => partsOf(key).group)))
  const versions = once(() => {
    const rows = Object.keys(table().kinds).map(partsOf)
    const groups = Map.groupBy(rows, ({ group, kind }) => `${group}/${kind}`)
    return new Map([...groups].map(([key, its]) => [key, its.map(({ version }) => version)]))
  })
  const faults = new Map<Subject, readonly SchemaFault[]>()
  const rowOf = ({ apiVersion, kind }: Subject) => table().kinds[kindKey(apiVersion, kind)]
  const faultsOf = (subject: Subject) => {
    const known = faults.get(subject)
    if (known !== undefined) return known
    const row = rowOf(subject)
    const found = row === undefined ? [] : checkValue(table().types, row[0], subject.root.value)
    faults.set(subject, found)
    return found
  }
  return {
    faultsOf,
    isKnownGroup: (group) => shipped().has(group),
    versionsOf: (group, kind) => versions().get(`${group}/${kind}`) ?? [],
    isNamespaced: (subject) => {
      const row = rowOf(subject)
      return row === undefined ? undefined : row[1] === 1
    },
    unmetBy: (subject) => {
      const row = rowOf(subject)
      return row === undefined || faultsOf(subject).length > 0 ? [] : findUnmet()(row[0], subject.root.value)
    },
    toCel: (subject) => toCel(table().types, rowOf(subject)?.[0], subject.root.value),
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function partsOf(key: string): { readonly group: string; readonly version: string; readonly kind: string } {
  const [kind = '', version = '', group = ''] = key.split('/').reverse()
  return { group, version, kind }
}

function withDefinitions(table: SchemaTable, subjects: readonly Subject[]): SchemaTable {
  const definitions = subjects.filter(({ kind, root }) => kind === 'CustomResourceDefinition' && isComplete(root))
  if (definitions.length === 0) return table
  const builder = createTableBuilder({}, table.types)
  // Whether it is one was looked at before.
  const kinds = definitions.map(({ root }) =>
    kindsOf(root.value as CustomResourceDefinition, builder, { type: 'object' }),
  )
  return { ...table, kinds: Object.assign({}, ...kinds, table.kinds), types: builder.types }
}

function isComplete(root: Field): boolean {
  const [group, kind, versions] = [
    root.at('spec', 'group'),
    root.at('spec', 'names', 'kind'),
    root.at('spec', 'versions'),
  ]
  return (
    group.text !== undefined &&
    kind.text !== undefined &&
    versions.items.every((it) => it.at('name').text !== undefined)
  )
}
