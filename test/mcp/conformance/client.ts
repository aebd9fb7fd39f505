import { systemClock } from '../../../src/core/clock.ts'
import {
  type InputGiven,
  isInputRequired,
  type ServerAnswer,
  type ServerQuestion,
} from '../../../src/core/server-question.ts'
import type { ServerRequestOptions, ToolServers } from '../../../src/core/tool.ts'
import { createMcpServers } from '../../../src/protocol/mcp/client.ts'
import { silentLog } from '../../../src/telemetry/log.ts'
import { silentMetrics } from '../../../src/telemetry/metrics-port.ts'

// Our client as the conformance suite runs it: the URL of its server is the last argument. It uses whatever the server offers, once.
const url = process.argv.at(-1) ?? ''
const context: { readonly toolCalls?: readonly ToolCall[] } = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT || '{}')
const signal = AbortSignal.timeout(20_000)

interface ToolCall {
  readonly name: string
  readonly arguments: unknown
}

const servers = createMcpServers(
  { it: { url } },
  {
    log: silentLog,
    metrics: silentMetrics,
    clock: systemClock(),
    timeout: 20_000,
    cwd: process.cwd(),
    env: process.env,
  },
)
try {
  await useTools(servers)
  for (const { uri } of await servers.resources('it', signal))
    await converse((options) => servers.resource('it', uri, options))
  for (const prompt of await servers.prompts('it', signal)) {
    const args = Object.fromEntries(prompt.arguments.map(({ name }) => [name, 'text']))
    await converse((options) => servers.prompt('it', prompt.name, args, options))
  }
} finally {
  await servers.close()
}

async function useTools(all: ToolServers): Promise<void> {
  const tools = await all.tools('it', signal)
  const focal = tools[0]?.inputSchema
  const calls =
    context.toolCalls ?? tools.map(({ name, inputSchema }) => ({ name, arguments: fill(inputSchema, focal) }))
  // A tool that fails is one of the things that are tried.
  for (const call of calls)
    await converse((options) => all.call('it', call.name, call.arguments, options)).catch((error: unknown) =>
      process.stderr.write(`${call.name}: ${String(error)}\n`),
    )
}

async function converse(make: (options: ServerRequestOptions) => Promise<object>): Promise<void> {
  let given: InputGiven | undefined
  for (let round = 0; round < 10; round++) {
    const result = await make({ signal, onQuestion: async (question) => answer(question), ...(given && { given }) })
    if (!isInputRequired(result)) return
    const { questions, known, state } = result
    const answers = Object.entries(questions).map(([key, question]) => [key, answer(question)] as const)
    given = { answers: Object.fromEntries(answers), known, ...(state === undefined ? {} : { state }) }
  }
}

function answer(question: ServerQuestion): ServerAnswer {
  if (question.kind === 'visit') return { action: 'accept' }
  return { action: 'accept', content: fill(question.schema, undefined, true) }
}

/** Values for a schema's properties; those with a default are left out. `schema` is what a property of that name gets. */
function fill(inputSchema: unknown, schema: unknown, omitDefaults = false): Record<string, unknown> {
  const { properties = {} } = inputSchema as {
    readonly properties?: Readonly<Record<string, { type?: string; default?: unknown }>>
  }
  const fields = Object.entries(properties).filter(([, field]) => !omitDefaults || field.default === undefined)
  return Object.fromEntries(fields.map(([name, { type }]) => [name, name === 'schema' ? schema : sampleOf(type)]))
}

function sampleOf(type: string | undefined): unknown {
  if (type === 'number' || type === 'integer') return 5
  if (type === 'boolean') return true
  if (type === 'array') return []
  return type === 'object' ? {} : 'text'
}
