import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { SchemaTable } from './table.ts'

let table: SchemaTable | undefined

/** The schemas of Kubernetes and of the operators that are known; read once, when they are first needed. */
export function readTable(): SchemaTable {
  // Written by scripts/schema.ts, which a test holds to this type.
  table ??= JSON.parse(gunzipSync(readFileSync(new URL('./table.json.gz', import.meta.url))).toString()) as SchemaTable
  return table
}
