import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asking, modelsOf } from './fixture.ts'

const { models } = modelsOf(
  {
    models: { 'local/small': { contextWindow: 8000 } },
    providers: { local: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' } },
  },
  { env: { ANTHROPIC_API_KEY: 'k' } },
)
const CLAUDE = 'anthropic/claude-sonnet-5-5'
const tools = [{ name: 'logs', description: 'Reads the logs', input: { type: 'object' } }]

test('A prompt counts its texts, what is put around each message, and what the provider adds for tools', () => {
  const plain = models.countInput(asking(CLAUDE, 'hello'))
  assert.ok(plain > 5 && plain < 100, String(plain))
  assert.ok(models.countInput(asking(CLAUDE, 'hello', { tools })) > plain + 1000)
  assert.ok(models.countInput(asking(CLAUDE, 'hello', { instructions: 'one two three' })) > plain)
  assert.equal(models.countInput(asking(CLAUDE, 'hello')), plain, 'the same each time')
})

test('An image counts as the largest that a provider makes of one, another file as all that the window holds', () => {
  const file = (model: string, mediaType: string) =>
    models.countInput({ model, messages: [{ role: 'user', content: [{ type: 'file', mediaType, blob: 'h' }] }] })
  assert.ok(file(CLAUDE, 'image/png') >= 10_000)
  assert.equal(file(CLAUDE, 'application/pdf'), 1_000_000)
  assert.equal(file('local/large', 'application/pdf'), Number.POSITIVE_INFINITY)
})

test('No prompt counts more than the window, since a larger one is refused', () => {
  assert.equal(models.countInput(asking('local/small', 'word '.repeat(50_000))), 8000)
})
