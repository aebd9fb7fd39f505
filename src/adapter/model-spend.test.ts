import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PolisError } from '../core/error.ts'
import { noModels } from '../core/model.ts'
import { NO_USAGE, type TokenUsage } from '../core/usage.ts'
import type { ModelCall } from './model-call.ts'
import { spendFor } from './model-spend.ts'

const known = {
  ...noModels,
  describe: (model: string) => ({ model, provider: 'openai', scripted: false, price: { input: 1, output: 10 } }),
}
const usage = { ...NO_USAGE, input: 100, output: 5 }

function callOf(told: TokenUsage | undefined, maxOutputTokens: number | undefined = 50): ModelCall {
  return { provider: 'openai', model: 'm', prompt: 'hi', maxOutputTokens, call: async () => {}, usage: () => told }
}

test('A call is charged what its answer says that it used, at the price that the project knows', () => {
  const spend = spendFor(known, callOf(usage), 'hello')
  assert.deepEqual(spend.spent({ value: {} }), { usage, nanos: 100 * 1000 + 5 * 10_000 })
  assert.equal(spend.most?.tokens, Buffer.byteLength('"hello"') + 50)
})

test('A model that the project does not know has no known price, and one without a limit no bound', () => {
  const spend = spendFor(noModels, callOf(usage), 'hello')
  assert.deepEqual(spend.spent({ value: {} }), { usage })
  assert.equal(spend.most?.nanos, undefined)
  assert.equal(spendFor(noModels, { ...callOf(usage), maxOutputTokens: undefined }, 'hello').most, undefined)
})

test('An answer that does not say what it used is taken to have used the most', () => {
  const spend = spendFor(known, callOf(undefined), 'hello')
  assert.deepEqual(spend.spent({ value: {} })?.usage, { ...NO_USAGE, input: 7, output: 50 })
  assert.equal(spend.spent({ value: {} })?.assumed, true)
})

test('What the provider refused costs nothing, what was cut off all', () => {
  const spend = spendFor(known, callOf(usage), 'hello')
  assert.equal(spend.spent({ error: new PolisError('MODEL_FAILED', 'no', { details: { status: 400 } }) }), undefined)
  assert.equal(
    spend.spent({ error: new PolisError('MODEL_UNAVAILABLE', 'cut', { details: { sent: true } }) })?.assumed,
    true,
  )
})
