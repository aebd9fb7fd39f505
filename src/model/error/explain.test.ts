import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PolisError } from '../../core/error.ts'
import type { ModelRequest } from '../../core/model.ts'
import type { ProviderConfig } from '../config.ts'
import { asking, calm, modelsOf } from '../fixture.ts'

const BASE = { baseUrl: 'http://127.0.0.1:9/v1', apiKey: { env: 'THE_KEY' } } as const
const KEY = 'key-0123456789'
const KINDS = ['openai', 'anthropic', 'azure', 'openai-compatible'] as const

/** The error of one call that is answered so. */
async function errorOf(
  kind: (typeof KINDS)[number],
  respond: () => Promise<Response> | Response,
  { streamed = false, request = asking('p/m', 'hi') }: { streamed?: boolean; request?: ModelRequest } = {},
): Promise<PolisError> {
  const providers: Record<string, ProviderConfig> = { p: { kind, ...BASE } }
  const { models } = modelsOf({ providers }, { env: { THE_KEY: KEY }, fetch: async () => respond() })
  const call = models.call(request, { signal: calm, ...(streamed ? { onDelta: () => {} } : {}) })
  return call.then(
    () => assert.fail('it answered'),
    (error) => PolisError.from(error),
  )
}

function refusal(status: number, message: string, more: { headers?: HeadersInit; code?: string } = {}) {
  const { headers = {}, code = null } = more
  return () => Response.json({ type: 'error', error: { type: 'some_error', message, code } }, { status, headers })
}

function events(...lines: readonly unknown[]) {
  const text = lines.map((it) => (typeof it === 'string' ? it : `data: ${JSON.stringify(it)}\n\n`)).join('')
  return () => new Response(text, { headers: { 'content-type': 'text/event-stream' } })
}

const STATUSES = [
  [400, 'tools.0: bad', 'MODEL_FAILED', 'rejected', false],
  [400, 'This is longer than the maximum context length of 8192 tokens', 'MODEL_FAILED', 'context-window', false],
  [400, 'prompt is too long: 1000001 tokens > 1000000 maximum', 'MODEL_FAILED', 'context-window', false],
  [400, 'the request exceeds the available context size', 'MODEL_FAILED', 'context-window', false],
  [400, 'The response was filtered due to our content management policy', 'MODEL_REFUSED', 'content-filter', false],
  [401, 'no', 'MODEL_FAILED', 'credentials', false],
  [402, 'pay', 'MODEL_FAILED', 'quota', false],
  [403, 'no', 'MODEL_FAILED', 'credentials', false],
  [404, 'no such model', 'MODEL_FAILED', 'unknown-model', false],
  [408, 'late', 'MODEL_TIMEOUT', 'timeout', true],
  [413, 'large', 'MODEL_FAILED', 'too-large', false],
  [429, 'slow down', 'MODEL_UNAVAILABLE', 'rate-limit', true],
  [500, 'oh', 'MODEL_UNAVAILABLE', 'server', true],
  [503, 'busy', 'MODEL_UNAVAILABLE', 'server', true],
  [529, 'overloaded', 'MODEL_UNAVAILABLE', 'server', true],
  [302, 'elsewhere', 'MODEL_FAILED', 'rejected', false],
] as const

describe('an answer with a status', () => {
  for (const kind of KINDS) {
    it(`of ${kind} says by its status whether it may pass, and that nothing was charged`, async () => {
      for (const [status, message, code, reason, retryable] of STATUSES) {
        const error = await errorOf(kind, refusal(status, message))
        const { details } = error
        assert.deepEqual(
          [error.code, details.reason, error.retryable, details.status, details.sent, details.received],
          [code, reason, retryable, status, true, false],
          `${status} ${message}`,
        )
      }
    })
  }

  it('tells a used-up quota from a rate limit', async () => {
    const error = await errorOf('openai', refusal(429, 'You exceeded it', { code: 'insufficient_quota' }))
    assert.deepEqual([error.code, error.details.reason], ['MODEL_FAILED', 'quota'])
  })

  it('says where the key came from, and never the key', async () => {
    const error = await errorOf('openai', refusal(401, `Incorrect API key provided: ${KEY}`))
    assert.match(error.message, /check the environment variable THE_KEY/)
    assert.doesNotMatch(JSON.stringify([error.message, error.details, error.stack]), new RegExp(KEY))
    assert.equal(error.cause, undefined, 'it would hold the whole request')
  })

  it('says nothing of a key that the end of the words would cut', async () => {
    const { message } = await errorOf('openai', refusal(401, `${'no '.repeat(98)} ${KEY}`))
    assert.doesNotMatch(message, /key-0/)
  })

  it('says nothing of a key of several lines, which no header can hold', async () => {
    const providers: Record<string, ProviderConfig> = { p: { kind: 'anthropic', ...BASE } }
    const env = { THE_KEY: 'first-line-of-it\nsecond-line-of-it' }
    const { models } = modelsOf(
      { providers },
      { env, fetch: async (_, init) => new Response(String(new Headers(init?.headers))) },
    )
    await assert.rejects(
      models.call(asking('p/m', 'hi'), { signal: calm }),
      ({ message }: Error) => !/-of-it/.test(message),
    )
  })

  it('is not quoted where it quotes the request', async () => {
    const request = asking('p/m', 'The launch code of the rocket is 4711.')
    const quoting = await errorOf('openai', refusal(400, 'Invalid input: The launch code of the rocket is'), {
      request,
    })
    assert.doesNotMatch(quoting.message, /launch/)
    const plain = await errorOf('openai', refusal(400, 'Invalid input: tools[0].name is too short'), { request })
    assert.match(plain.message, /tools\[0\]\.name is too short/)
  })

  it('says when to come again: in milliseconds, seconds, or at a date', async () => {
    const after = async (headers: HeadersInit) =>
      (await errorOf('openai', refusal(429, 'later', { headers }))).details.retryAfter
    assert.equal(await after({ 'retry-after': '7' }), 7000)
    assert.equal(await after({ 'retry-after-ms': '1500', 'retry-after': '2' }), 1500)
    assert.equal(await after({ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }), 30_000)
    assert.equal(await after({ 'retry-after': 'soon' }), undefined)
    assert.equal(await after({}), undefined)
  })
})

describe('an answer that cannot be used', () => {
  for (const kind of KINDS) {
    it(`of ${kind} may pass when it is no JSON, and may have been charged`, async () => {
      for (const streamed of [false, true]) {
        const error = await errorOf(kind, () => new Response('<html>', { status: 200 }), { streamed })
        const { reason, received, sent } = error.details
        assert.deepEqual([error.code, reason, sent, received], ['MODEL_UNAVAILABLE', 'malformed', true, true])
      }
    })
  }

  it('tells an overload that a stream begins with from one within it', async () => {
    const overload = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    const message = {
      id: 'm',
      type: 'message',
      role: 'assistant',
      content: [],
      model: 'c',
      usage: { input_tokens: 3, output_tokens: 1 },
    }
    const first = await errorOf('anthropic', events(overload), { streamed: true })
    assert.deepEqual([first.code, first.details.status, first.details.received], ['MODEL_UNAVAILABLE', 529, false])
    const later = await errorOf('anthropic', events({ type: 'message_start', message }, overload), { streamed: true })
    assert.deepEqual([later.code, later.details.status, later.details.received], ['MODEL_UNAVAILABLE', 200, true])
  })

  it('is a fault of the provider when an event of its stream is one', async () => {
    const failed = await errorOf('openai-compatible', events({ error: { message: 'out of memory', code: 500 } }), {
      streamed: true,
    })
    assert.deepEqual([failed.code, failed.details.reason], ['MODEL_UNAVAILABLE', 'server'])
    const half = { id: 'x', choices: [{ index: 0, delta: { content: 'Hel' } }] }
    const broken = await errorOf('openai-compatible', events(half, 'data: {"id": \n\n'), { streamed: true })
    assert.deepEqual([broken.details.reason, broken.details.received], ['malformed', true])
    const cut = await errorOf('openai-compatible', events(half), { streamed: true })
    assert.deepEqual([cut.code, cut.details.reason, cut.details.received], ['MODEL_UNAVAILABLE', 'cut', true])
  })

  it('is a refusal, with what it used, when a filter stopped it', async () => {
    const body = {
      ...{
        id: 'x',
        choices: [{ index: 0, finish_reason: 'content_filter', message: { role: 'assistant', content: '' } }],
      },
      usage: { prompt_tokens: 5, completion_tokens: 2 },
    }
    const error = await errorOf('openai-compatible', () => Response.json(body))
    assert.equal(error.code, 'MODEL_REFUSED')
    assert.deepEqual(error.details.usage, { input: 5, cachedInput: 0, cacheWrite: 0, output: 2, reasoning: 0 })
  })
})

describe('a connection', () => {
  const failing = (code: string) => () =>
    Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) }))

  it('that was never made has reached nobody', async () => {
    for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT']) {
      const error = await errorOf('openai', failing(code))
      assert.deepEqual([error.code, error.details.sent], ['MODEL_UNAVAILABLE', false], code)
    }
  })

  it('that was lost may have reached somebody', async () => {
    const error = await errorOf('anthropic', failing('ECONNRESET'))
    assert.deepEqual([error.code, error.details.sent, error.details.received], ['MODEL_UNAVAILABLE', true, false])
    assert.equal((await errorOf('openai', failing('UND_ERR_HEADERS_TIMEOUT'))).code, 'MODEL_TIMEOUT')
  })

  it('that is not secure will not become so', async () => {
    const error = await errorOf('openai', failing('SELF_SIGNED_CERT_IN_CHAIN'))
    assert.deepEqual([error.code, error.details.reason, error.details.sent], ['MODEL_FAILED', 'certificate', false])
  })

  it('that breaks within a stream cuts the answer off', async () => {
    const body = () =>
      new ReadableStream({
        start(controller) {
          controller.enqueue(
            new TextEncoder().encode('data: {"id":"x","choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n'),
          )
        },
        pull: (controller) =>
          controller.error(
            new TypeError('terminated', { cause: Object.assign(new Error('closed'), { code: 'UND_ERR_SOCKET' }) }),
          ),
      })
    const respond = () => new Response(body(), { headers: { 'content-type': 'text/event-stream' } })
    const error = await errorOf('openai-compatible', respond, { streamed: true })
    assert.deepEqual([error.code, error.details.reason, error.details.received], ['MODEL_UNAVAILABLE', 'cut', true])
  })
})
