/**
 * Writes the table of schemas that `polis lint` knows, from the modules of those who make the APIs: `node scripts/schema.ts`.
 *
 * Needs Go, which fetches the modules; development only.
 */
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parseAllDocuments } from 'yaml'
import { createTableBuilder, type OpenApiSchema, type TableBuilder } from '../src/manifest/schema/compact.ts'
import { type CustomResourceDefinition, kindsOf } from '../src/manifest/schema/custom-resource.ts'
import { kindKey, type SchemaTable } from '../src/manifest/schema/table.ts'
import { readChoices, withChoices } from './schema-choice.ts'
import { withRequired } from './schema-required.ts'

const PATH = join(import.meta.dirname, '../src/manifest/schema/table.json.gz')

const KUBERNETES = 'k8s.io/kubernetes@v1.36.3'

/** The Go types of the same release: closed lists of texts are there alone. */
const GO_TYPES = 'k8s.io/api@v0.36.3'

/** Modules with CustomResourceDefinitions, and where in them these are. */
const CUSTOM: Readonly<Record<string, string>> = {
  'istio.io/api@v1.31.4': 'kubernetes/customresourcedefinitions.gen.yaml',
  'github.com/kedacore/keda/v2@v2.20.2': 'config/crd/bases/*.yaml',
  'sigs.k8s.io/gateway-api@v1.6.3': 'config/crd/experimental/*_*.yaml',
  'github.com/prometheus-operator/prometheus-operator@v0.85.0': 'example/prometheus-operator-crd/*.yaml',
  'github.com/external-secrets/external-secrets@v1.3.2': 'config/crds/bases/*_*.yaml',
  'github.com/bitnami-labs/sealed-secrets@v0.40.0': 'helm/sealed-secrets/crds/*.yaml',
}

const METADATA: OpenApiSchema = { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }

interface Swagger {
  readonly definitions: Readonly<Record<string, OpenApiSchema>>
  readonly paths: Readonly<Record<string, { readonly post?: { readonly 'x-kubernetes-group-version-kind'?: Kind } }>>
}

interface Kind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** The table as it follows from the modules. */
export function makeTable(): SchemaTable {
  const swagger = JSON.parse(readFileSync(join(fetch(KUBERNETES), 'api/openapi-spec/swagger.json'), 'utf8')) as Swagger
  const builder = createTableBuilder(withRequired(withChoices(swagger.definitions, readChoices(fetch(GO_TYPES)))))
  const custom = Object.entries(CUSTOM).map(([module, files]) => customKinds(module, files, builder))
  const kinds = Object.assign({}, ...custom, nativeKinds(swagger, builder)) as SchemaTable['kinds']
  const sorted = Object.entries(kinds).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return {
    origins: [KUBERNETES, GO_TYPES, ...Object.keys(CUSTOM)],
    kinds: Object.fromEntries(sorted),
    types: builder.types,
  }
}

function fetch(module: string): string {
  // Outside the checkout: Go would look for a go.mod.
  const answer = execFileSync('go', ['mod', 'download', '-json', module], { cwd: tmpdir(), encoding: 'utf8' })
  return (JSON.parse(answer) as { readonly Dir: string }).Dir
}

function nativeKinds({ definitions, paths }: Swagger, builder: TableBuilder): SchemaTable['kinds'] {
  const inNamespace = new Set(
    Object.entries(paths)
      .filter(([path]) => path.includes('/namespaces/{namespace}/'))
      .flatMap(([, { post }]) => post?.['x-kubernetes-group-version-kind'] ?? [])
      .map(keyOf),
  )
  const created = new Set(
    Object.values(paths)
      .flatMap(({ post }) => post?.['x-kubernetes-group-version-kind'] ?? [])
      .map(keyOf),
  )
  const rows = Object.entries(definitions).flatMap(([name, definition]) => {
    const kinds = (definition['x-kubernetes-group-version-kind'] ?? []) as readonly Kind[]
    return kinds
      .filter((kind) => created.has(keyOf(kind)) && definition.properties?.metadata !== undefined)
      .map((kind) => [keyOf(kind), [builder.add({ $ref: name }), inNamespace.has(keyOf(kind)) ? 1 : 0]] as const)
  })
  return Object.fromEntries(rows)
}

function keyOf({ group, version, kind }: Kind): string {
  return kindKey(group === '' ? version : `${group}/${version}`, kind)
}

function customKinds(module: string, files: string, builder: TableBuilder): SchemaTable['kinds'] {
  const folder = fetch(module)
  const definitions = globSync(files, { cwd: folder })
    .toSorted()
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')))
    .map((document) => document.toJS() as (CustomResourceDefinition & { readonly kind: string }) | null)
    .filter((object) => object?.kind === 'CustomResourceDefinition')
  return Object.assign({}, ...definitions.map((it) => (it === null ? {} : kindsOf(it, builder, METADATA))))
}

if (import.meta.main) {
  writeFileSync(PATH, gzipSync(JSON.stringify(makeTable()), { level: 9 }))
}
