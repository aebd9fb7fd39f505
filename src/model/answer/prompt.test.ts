import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ModelCallOptions, ModelMessage, ModelRequest } from '../../core/model.ts'
import type { ProviderConfig } from '../config.ts'
import { asking, calm, modelsOf } from '../fixture.ts'

type Body = Record<string, unknown>

/** What is sent for a request. */
async function sent(
  kind: 'openai' | 'anthropic' | 'azure' | 'openai-compatible',
  request: Partial<ModelRequest>,
  options: Partial<ModelCallOptions> & { more?: object } = {},
): Promise<Body> {
  let body: Body = {}
  const fetch: typeof globalThis.fetch = async (_, init) => {
    body = JSON.parse(String(init?.body))
    return Response.json({ error: { message: 'only looking' } }, { status: 400 })
  }
  const { more = {}, ...rest } = options
  // The kinds differ in what they may have; here each has what all have.
  const config = { kind, baseUrl: 'http://127.0.0.1:9/v1', apiKey: { env: 'KEY' }, ...more } as ProviderConfig
  const { models } = modelsOf({ providers: { p: config } }, { env: { KEY: 'k' }, fetch })
  const model = kind === 'anthropic' ? 'p/claude-sonnet-5-5' : 'p/gpt-6-sol'
  const call = models.call({ ...asking(model, 'Look.'), ...request }, { signal: calm, ...rest })
  await assert.rejects(call, { code: 'MODEL_FAILED' })
  return body
}

const CLOSED = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
const OPEN = { type: 'object', properties: { a: { type: 'string' } } }
const TOOLS = [
  { name: 'closed', description: 'Strict', input: CLOSED },
  { name: 'open', description: 'Loose', input: OPEN },
]

test('Anthropic is told what to cache: the instructions with the tools before them, and the conversation so far', async () => {
  const body = await sent('anthropic', { instructions: 'Be brief.', tools: TOOLS })
  const mark = { type: 'ephemeral' }
  assert.deepEqual(body.system, [{ type: 'text', text: 'Be brief.', cache_control: mark }])
  assert.deepEqual(body.messages, [{ role: 'user', content: [{ type: 'text', text: 'Look.', cache_control: mark }] }])
  assert.equal(body.max_tokens, 128_000)
  const uncached = await sent('anthropic', { instructions: 'Be brief.', cache: false })
  assert.doesNotMatch(JSON.stringify(uncached), /cache_control/)
})

test('OpenAI stores nothing, and is held to a schema to the letter where the schema allows it', async () => {
  for (const kind of ['openai', 'azure'] as const) {
    const body = await sent(kind, { tools: TOOLS, output: { name: 'report', schema: CLOSED } })
    assert.equal(body.store, false)
    assert.deepEqual(
      (body.tools as Body[]).map(({ name, strict }) => [name, strict]),
      [
        ['closed', true],
        ['open', false],
      ],
    )
    assert.partialDeepStrictEqual(body.text, { format: { type: 'json_schema', name: 'report', strict: true } })
    const loose = await sent(kind, { output: { name: 'report', schema: OPEN } })
    assert.partialDeepStrictEqual(loose.text, { format: { strict: false } })
  }
})

test('A structured output is asked for by its schema, or in the instructions of a server that knows none', async () => {
  const output = { name: 'report', schema: CLOSED }
  const native = await sent('openai-compatible', { output })
  assert.partialDeepStrictEqual(native.response_format, { type: 'json_schema', json_schema: { name: 'report' } })
  const asked = await sent(
    'openai-compatible',
    { output, instructions: 'Be brief.' },
    { more: { structuredOutput: 'instructions' } },
  )
  assert.equal(asked.response_format, undefined)
  assert.match(
    String((asked.messages as Body[])[0]?.content),
    /^Be brief\.\n\nAnswer with JSON alone.*JSON Schema:\n\{"type":"object"/s,
  )
})

test('Reasoning, limits, temperature and the choice of tools are passed on', async () => {
  const request = { reasoning: 'low', maxOutputTokens: 50, tools: TOOLS, toolChoice: { tool: 'open' } } as const
  const openai = await sent('openai', request)
  assert.partialDeepStrictEqual(openai, { max_output_tokens: 50, reasoning: { effort: 'low' } })
  assert.deepEqual(openai.tool_choice, { type: 'function', name: 'open' })
  const anthropic = await sent('anthropic', request)
  assert.partialDeepStrictEqual(anthropic, { max_tokens: 50, output_config: { effort: 'low' } })
  assert.partialDeepStrictEqual(await sent('openai-compatible', { temperature: 0.5 }), { temperature: 0.5 })
})

test("Options of a provider's own are passed on to its kind alone", async () => {
  const providerOptions = { openai: { serviceTier: 'flex', store: true }, anthropic: { disableParallelToolUse: true } }
  const body = await sent('openai', { providerOptions })
  assert.deepEqual([body.service_tier, body.store], ['flex', true])
  assert.equal((await sent('openai-compatible', { providerOptions: { 'openai-compatible': { seed_x: 7 } } })).seed_x, 7)
})

test('Files come from the blobs of the run, or stay where their URL says', async () => {
  const content = [
    { type: 'file', mediaType: 'image/png', blob: 'h1' },
    { type: 'file', mediaType: 'image/png', url: 'https://example.com/a.png' },
  ] as const
  const readBlob = async (hash: string) => new TextEncoder().encode(`bytes of ${hash}`)
  const body = await sent('openai-compatible', { messages: [{ role: 'user', content }] }, { readBlob })
  assert.deepEqual((body.messages as Body[])[0]?.content, [
    { type: 'image_url', image_url: { url: `data:image/png;base64,${btoa('bytes of h1')}` } },
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
  ])
})

test('A file that nobody can read is refused before anything is sent', async () => {
  const { models } = modelsOf({ providers: { p: { kind: 'openai', apiKey: { env: 'KEY' } } } }, { env: { KEY: 'k' } })
  const request = {
    model: 'p/m',
    messages: [{ role: 'user', content: [{ type: 'file', mediaType: 'image/png', blob: 'h' }] }],
  } as const
  await assert.rejects(models.call(request, { signal: calm }), { code: 'INVALID_ARGUMENT', details: { sent: false } })
})

test('A conversation goes back as it came: results of tools, errors, and what the provider gave to be given back', async () => {
  const messages: ModelMessage[] = [
    { role: 'user', content: [{ type: 'text', text: 'Look.' }] },
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm.', metadata: { anthropic: { signature: 'sealed' } } },
        { type: 'tool-call', id: 'c1', name: 'open', input: { a: 'x' } },
        { type: 'tool-call', id: 'c2', name: 'open', input: '{"a": ', invalid: true },
      ],
    },
    {
      role: 'tool',
      content: [
        { type: 'tool-result', id: 'c1', name: 'open', output: { kind: 'json', value: { found: 1 } } },
        { type: 'tool-result', id: 'c2', name: 'open', output: { kind: 'error', value: 'not JSON' } },
      ],
    },
  ]
  const body = await sent('anthropic', { messages, tools: TOOLS, reasoning: 'low', cache: false })
  const [, assistant, tool] = body.messages as { content: Body[] }[]
  assert.deepEqual(assistant?.content[0], { type: 'thinking', thinking: 'Hm.', signature: 'sealed' })
  assert.partialDeepStrictEqual(assistant?.content[1], { type: 'tool_use', id: 'c1', input: { a: 'x' } })
  assert.partialDeepStrictEqual(assistant?.content[2], { type: 'tool_use', id: 'c2', input: {} })
  assert.partialDeepStrictEqual(tool?.content[0], { type: 'tool_result', tool_use_id: 'c1', content: '{"found":1}' })
  assert.partialDeepStrictEqual(tool?.content[1], {
    type: 'tool_result',
    tool_use_id: 'c2',
    content: 'not JSON',
    is_error: true,
  })
})
