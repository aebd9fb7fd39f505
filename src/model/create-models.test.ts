import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asking, calm, modelsOf } from './fixture.ts'
import { defineScript } from './scripted/script.ts'

const LOCAL = { providers: { local: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' } } } as const

/** Answers like a server of OpenAI's Chat Completions; keeps what it was asked. */
function server(content: string, init: ResponseInit = {}) {
  const asked: { url: string; headers: Headers; body: Record<string, unknown> }[] = []
  const fetch: typeof globalThis.fetch = async (input, request) => {
    asked.push({ url: String(input), headers: new Headers(request?.headers), body: JSON.parse(String(request?.body)) })
    return new Response(content, { headers: { 'content-type': 'application/json' }, ...init })
  }
  return { asked, fetch }
}

const ANSWER = JSON.stringify({
  ...{ id: 'x', created: 1, model: 'llama-4-real', object: 'chat.completion' },
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello!' } }],
  usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
})

test('A compatible server is asked once, and its answer and usage are given back', async () => {
  const { asked, fetch } = server(ANSWER)
  const { models } = modelsOf(LOCAL, { fetch })
  const result = await models.call(asking('local/llama/4', 'Hi', { instructions: 'Be brief.' }), { signal: calm })
  assert.deepEqual(result, {
    content: [{ type: 'text', text: 'Hello!' }],
    finish: 'stop',
    usage: { input: 12, cachedInput: 0, cacheWrite: 0, output: 3, reasoning: 0 },
    model: 'local/llama/4',
    answeredBy: 'llama-4-real',
  })
  assert.equal(asked.length, 1)
  assert.equal(asked[0]?.url, 'http://127.0.0.1:9/v1/chat/completions')
  assert.equal(asked[0]?.body.model, 'llama/4')
  assert.equal(asked[0]?.headers.has('authorization'), false)
})

test('The usual providers are there as soon as their key is, and their absence says which variable to set', async () => {
  assert.deepEqual(modelsOf({}, { env: { OPENAI_API_KEY: 'k' } }).models.providers, ['openai'])
  const { models } = modelsOf({})
  assert.throws(() => models.describe('anthropic/claude-opus-5-5'), {
    code: 'UNKNOWN_MODEL',
    message: /set ANTHROPIC_API_KEY in the environment/,
  })
  assert.throws(() => models.describe('nobody/x'), { code: 'UNKNOWN_MODEL', message: /no providers are configured/ })
  for (const name of ['x', '/x', 'x/', 'constructor/x', '']) {
    assert.throws(() => models.describe(name), { code: 'UNKNOWN_MODEL' }, name)
  }
})

test('An alias stands for its models, and is described and called as its first', async () => {
  const script = defineScript([{ say: 'ok' }])
  const { models } = modelsOf({
    providers: { a: { kind: 'scripted', script }, b: { kind: 'scripted', script } },
    aliases: { best: ['b/x', 'a/y'], one: 'a/z', broken: ['a/x', 'c/x'] },
  })
  assert.deepEqual(models.chain('best'), ['b/x', 'a/y'])
  assert.deepEqual(models.chain('one'), ['a/z'])
  assert.deepEqual(models.chain('a/q'), ['a/q'])
  assert.equal(models.describe('best').model, 'b/x')
  assert.equal((await models.call(asking('best', 'hi'), { signal: calm })).model, 'b/x')
  assert.throws(() => models.chain('broken'), { code: 'UNKNOWN_MODEL', message: /'c\/x'/ })
})

test("Prices and limits are the table's, of dated versions too, unless the project says otherwise", () => {
  const { models } = modelsOf(
    {
      providers: { eu: { kind: 'openai', baseUrl: 'https://eu.example/v1' } },
      prices: { 'openai/gpt-6-luna': { input: 7, output: 8 } },
      models: { 'openai/new': { contextWindow: 10, maxOutputTokens: 5 } },
    },
    { env: { OPENAI_API_KEY: 'k' } },
  )
  assert.equal(models.describe('openai/gpt-6-sol-2026-09-22').price?.input, 2)
  assert.equal(models.describe('openai/gpt-6-luna').price?.output, 8)
  assert.deepEqual(models.describe('openai/new'), {
    ...{ model: 'openai/new', provider: 'openai', scripted: false, contextWindow: 10, maxOutputTokens: 5 },
  })
  assert.equal(models.describe('eu/gpt-6-sol').price, undefined, 'another address may have other prices')
  assert.equal(models.describe('eu/gpt-6-sol').maxOutputTokens, 128_000)
})

test('A missing key is told before anything is sent', async () => {
  const { asked, fetch } = server(ANSWER)
  const providers = { openai: { kind: 'openai', apiKey: { env: 'MY_KEY' } } } as const
  const { models } = modelsOf({ providers }, { fetch })
  await assert.rejects(models.call(asking('openai/m', 'hi'), { signal: calm }), {
    code: 'MODEL_FAILED',
    message: /environment variable MY_KEY, which is not set/,
    details: { provider: 'openai', reason: 'credentials', sent: false },
  })
  assert.equal(asked.length, 0)
})
