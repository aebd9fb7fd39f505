import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ERRORS, type ErrorCode } from '../src/core/error.ts'
import { PATHS } from '../src/core/ports.ts'
import { type Answer, CONTRACT, type Contract } from '../src/core/route/contract.ts'
import { COMMON_ERRORS, OPERATIONS, type Operation, type OperationId, SCOPES } from '../src/core/route/operation.ts'
import { problem } from '../src/core/route/resource-schema.ts'
import { entryView } from '../src/core/route/run-schema.ts'
import { createOpenApi } from '../src/server/rest/openapi.ts'
import { createSchemas, type Json, type Schemas } from '../src/server/rest/openapi-schema.ts'

const PATH = join(import.meta.dirname, '..', 'docs/reference/rest.md')

/** The reference page of the REST API, from the same tables that serve it. */
export function renderRest(): string {
  const schemas = createSchemas()
  const operations = Object.entries(OPERATIONS) as [OperationId, Operation][]
  const groups = Map.groupBy(operations, ([, { tag }]) => tag)
  const { tags } = createOpenApi() as { tags: readonly { readonly name: string; readonly description: string }[] }
  return `${[
    '# REST API',
    '<!-- Written by `node scripts/reference-rest.ts` from the tables in src/core/route. Change those. -->',
    `All paths begin with \`${PATHS.api}\`. The same, for programs, is served as OpenAPI 3.1 at \`${PATHS.api}/openapi.json\`.`,
    renderCredentials(),
    renderErrors(),
    renderStreams(),
    ...tags.flatMap(({ name, description }) => [
      `## ${capitalise(name)}`,
      description,
      ...(groups.get(name) ?? []).map(([id, operation]) => renderOperation(id, operation, schemas)),
    ]),
    '## Objects',
    ...Object.entries(objectsOf(schemas)).map(([name, schema]) => renderObject(name, schema as Json)),
  ].join('\n\n')}\n`
}

// Those of operations, and those that errors and streams carry.
function objectsOf(schemas: Schemas): Json {
  schemas.of(problem)
  schemas.of(entryView)
  return schemas.components()
}

function renderCredentials(): string {
  return `## Credentials

\`Authorization: Bearer\` with an API key (\`polis_…\`) or a JSON Web Token; an API key may also stand in \`X-API-Key\`. Each operation asks for one of the scopes ${SCOPES.map(code).join(', ')}; \`admin\` includes the others. A run of another tenant does not exist for you: the answer is 404, not 403.

\`polis dev\` on a loopback address asks for no credentials. It then answers to requests for localhost alone, and not to web pages of other origins.`
}

function renderErrors(): string {
  return `## Errors

Every error is \`application/problem+json\` with a \`code\` of the closed list in [errors](errors.md), a \`detail\` that says what to do, and for requests that are not valid an \`errors\` list with the JSON path of each thing that is wrong. 429 and 503 carry \`Retry-After\`. Any operation may answer with ${COMMON_ERRORS.map(code).join(', ')}.`
}

function renderStreams(): string {
  return `## Streams

A run is followed as server-sent events. A journal entry's event has its kind as name, its sequence number as id, and an Entry as data. After a lost connection, or a restart of the server, send the last id as \`Last-Event-ID\` (or \`?after=\`): entries go on from the next one, each exactly once. Transient events have no id and are not repeated; after \`step-reset\` forget the deltas of that step. A comment comes every 15 s. The last event is \`end\`; a stream that stops without it was cut: reconnect. A client that reads nothing for a minute is dropped.`
}

function renderOperation(id: OperationId, operation: Operation, schemas: Schemas): string {
  const contract: Contract = CONTRACT[id]
  const parameters = [
    ...schemas.parameters('path', contract.params),
    ...schemas.parameters('query', contract.query),
    ...schemas.parameters('header', contract.headers),
  ].map(renderParameter)
  const scope = operation.scope === undefined ? 'No credentials needed.' : `Scope ${code(operation.scope)}.`
  const lines = [
    ...parameters,
    ...renderBody(contract, schemas),
    ...renderAnswers(contract, schemas),
    ...renderCodes(operation),
  ]
  return [
    `### \`${operation.method} ${operation.path}\``,
    `\`${id}\`: ${operation.summary}. ${scope}${operation.description === undefined ? '' : ` ${operation.description}`}`,
    lines.join('\n'),
  ].join('\n\n')
}

function renderParameter({ name, in: place, required, description, schema }: Json): string {
  const text = description === undefined ? '' : `: ${String(description)}`
  return `- ${String(place)} ${code(name)} (${typeOf(schema as Json)}${required === true ? '' : ', optional'})${text}`
}

function renderBody({ body }: Contract, schemas: Schemas): string[] {
  if (body === undefined) return []
  return [`- body: ${body.kind === 'bytes' ? 'bytes of any media type' : typeOf(schemas.of(body.schema))}`]
}

function renderAnswers({ answers }: Contract, schemas: Schemas): string[] {
  const shown: Readonly<Record<Answer['kind'], string>> = {
    json: '',
    empty: 'no body',
    events: '`text/event-stream`',
    bytes: 'bytes',
  }
  return Object.entries(answers).map(([status, answer]) => {
    const type = answer.kind === 'json' ? typeOf(schemas.of(answer.schema)) : shown[answer.kind]
    return `- answers ${status}: ${answer.about} (${type})`
  })
}

function renderCodes({ errors }: Operation): string[] {
  const codes = errors.map((it: ErrorCode) => `${code(it)} (${ERRORS[it].status})`)
  return codes.length === 0 ? [] : [`- errors: ${codes.join(', ')}`]
}

function renderObject(name: string, schema: Json): string {
  const required = (schema.required ?? []) as readonly string[]
  const rows = Object.entries((schema.properties ?? {}) as Record<string, Json>).map(
    ([field, its]) =>
      `| ${code(field)} | ${typeOf(its).replaceAll('|', '\\|')} | ${required.includes(field) ? 'yes' : 'no'} | ${String(its.description ?? '')} |`,
  )
  return [
    `### ${name}`,
    String(schema.description ?? ''),
    ['| Field | Type | Always | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n')
}

function typeOf(schema: Json): string {
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.split('/').at(-1) ?? ''
    return `[${name}](#${name.toLowerCase()})`
  }
  if (Array.isArray(schema.enum)) return schema.enum.map(code).join(' or ')
  const anyOf = schema.anyOf as readonly Json[] | undefined
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ')
  if (schema.type === 'array') return `list of ${typeOf((schema.items ?? {}) as Json)}`
  if (schema.type === 'object' && schema.properties !== undefined) {
    return `{ ${Object.keys(schema.properties as Json).join(', ')} }`
  }
  return typeof schema.type === 'string' ? schema.type : 'any JSON'
}

function code(value: unknown): string {
  return `\`${String(value)}\``
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

if (import.meta.main) {
  if (!process.argv.includes('--check')) await writeFile(PATH, renderRest())
  else if ((await readFile(PATH, 'utf8').catch(() => '')) !== renderRest()) {
    console.error('docs/reference/rest.md differs from the tables: run node scripts/reference-rest.ts')
    process.exitCode = 1
  }
}
