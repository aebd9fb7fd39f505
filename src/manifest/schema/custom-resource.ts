import type { OpenApiSchema, TableBuilder } from './compact.ts'
import { kindKey, type SchemaTable } from './table.ts'

/** A CustomResourceDefinition, as far as it is read. */
export interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string
    readonly names: { readonly kind: string }
    readonly scope: string
    readonly versions: readonly {
      readonly name: string
      readonly served?: boolean
      readonly schema?: { readonly openAPIV3Schema?: OpenApiSchema }
    }[]
  }
}

/** The kinds that a definition adds, one for each version that is served; `metadata` is the type that all objects share. */
export function kindsOf(
  { spec }: CustomResourceDefinition,
  builder: TableBuilder,
  metadata: OpenApiSchema,
): SchemaTable['kinds'] {
  const rows = spec.versions
    .filter(({ served }) => served !== false)
    .map(({ name, schema }) => {
      const root = schema?.openAPIV3Schema ?? {}
      const whole = { apiVersion: { type: 'string' }, kind: { type: 'string' }, ...root.properties, metadata }
      const type = root.properties === undefined ? builder.add(root) : builder.add({ ...root, properties: whole })
      return [kindKey(`${spec.group}/${name}`, spec.names.kind), [type, spec.scope === 'Namespaced' ? 1 : 0]] as const
    })
  return Object.fromEntries(rows)
}
