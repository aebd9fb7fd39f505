import { ERRORS, type ErrorCode } from '../../core/error.ts'
import { PATHS } from '../../core/ports.ts'
import { type Answer, CONTRACT, type Contract } from '../../core/route/contract.ts'
import { COMMON_ERRORS, OPERATIONS, type Operation, type OperationId } from '../../core/route/operation.ts'
import { problem } from '../../core/route/resource-schema.ts'
import { entryView } from '../../core/route/run-schema.ts'
import { createSchemas, type Json, type Schemas } from './openapi-schema.ts'
import { PROBLEM_TYPE } from './problem.ts'

const TAGS = {
  runs: 'Durable executions of agents.',
  questions: 'What runs ask humans.',
  sessions: 'Conversations: runs that follow one another and share state.',
  agents: 'What runs can be started of.',
  schedules: 'Runs at set times.',
  money: 'What model calls cost, and budgets.',
  evals: 'What measures agents; their results are runs.',
  blobs: 'Bytes as inputs and outputs.',
  releases: 'What old code is still needed for.',
  workers: 'Who executes runs.',
  meta: 'The API itself.',
} as const satisfies Readonly<Record<(typeof OPERATIONS)[OperationId]['tag'], string>>

/** The API as an OpenAPI 3.1 document, made from `OPERATIONS`, `CONTRACT` and the table of errors. */
export function createOpenApi(): Json {
  const schemas = createSchemas()
  const paths: Record<string, Record<string, Json>> = {}
  for (const [id, operation] of Object.entries(OPERATIONS) as [OperationId, Operation][]) {
    const path = PATHS.api + operation.path
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describeOperation(id, operation, schemas) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Agentpolis',
      version: '1',
      description: 'Durable runs of AI agents. Every error is `application/problem+json` with a code of a closed list.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This server.' }],
    security: [{ bearer: [] }, { apiKey: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key (`polis_…`) or a JSON Web Token.' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key.' },
      },
      schemas: schemas.components(),
    },
  }
}

function describeOperation(id: OperationId, operation: Operation, schemas: Schemas): Json {
  const contract: Contract = CONTRACT[id]
  const scope = operation.scope === undefined ? '' : `Needs the scope \`${operation.scope}\`.`
  return {
    operationId: id,
    tags: [operation.tag],
    summary: operation.summary,
    description:
      [operation.description, scope].filter((it) => it !== undefined && it !== '').join(' ') || operation.summary,
    ...(operation.auth === 'public' ? { security: [] } : {}),
    parameters: [
      ...schemas.parameters('path', contract.params),
      ...schemas.parameters('query', contract.query),
      ...schemas.parameters('header', contract.headers),
    ],
    ...describeBody(contract, schemas),
    responses: { ...describeAnswers(id, contract, schemas), ...describeErrors(operation, schemas) },
  }
}

function describeBody({ body }: Contract, schemas: Schemas): Json {
  if (body === undefined) return {}
  if (body.kind === 'bytes')
    return { requestBody: { required: true, content: { '*/*': { schema: { type: 'string', format: 'binary' } } } } }
  const required = !body.schema.safeParse(undefined).success
  return { requestBody: { required, content: { 'application/json': { schema: schemas.of(body.schema) } } } }
}

function describeAnswers(id: OperationId, { answers }: Contract, schemas: Schemas): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => {
      const content = contentOf(id, answer, Number(status), schemas)
      return [status, { description: answer.about, ...(content === undefined ? {} : { content }) }]
    }),
  )
}

function contentOf(id: OperationId, answer: Answer, status: number, schemas: Schemas): Json | undefined {
  if (answer.kind === 'empty') return undefined
  if (answer.kind === 'bytes') return { '*/*': { schema: { type: 'string', format: 'binary' } } }
  const events = {
    'text/event-stream': {
      schema: { type: 'string', description: 'Each `data` is an Entry; the last event is `end`.' },
    },
  }
  // The schema of what each event's data holds; OpenAPI 3.1 cannot say it of the stream itself.
  if (answer.kind === 'events') return { ...events, 'application/json': { schema: schemas.of(entryView) } }
  const json = { 'application/json': { schema: schemas.of(answer.schema) } }
  return status === 200 && (id === 'submitRun' || id === 'submitAgentRun') ? { ...json, ...events } : json
}

function describeErrors(operation: Operation, schemas: Schemas): Json {
  const common =
    operation.auth === 'public'
      ? COMMON_ERRORS.filter((it) => it !== 'UNAUTHENTICATED' && it !== 'FORBIDDEN')
      : COMMON_ERRORS
  const byStatus = Map.groupBy(new Set<ErrorCode>([...common, ...operation.errors]), (code) => ERRORS[code].status)
  const content = operation.method === 'HEAD' ? {} : { content: { [PROBLEM_TYPE]: { schema: schemas.of(problem) } } }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      { description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}.`).join(' '), ...content },
    ]),
  )
}
