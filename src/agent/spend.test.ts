import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ErrorDetails, PolisError } from '../core/error.ts'
import { type ModelInfo, type ModelRequest, noModels } from '../core/model.ts'
import { costOf, NO_USAGE } from '../core/usage.ts'
import { spendOf } from './spend.ts'

const INFO: ModelInfo = {
  ...{ model: 'openai/m', provider: 'openai', scripted: false, maxOutputTokens: 1000 },
  price: { input: 1, output: 10, cacheWrite: 1.25 },
}
const REQUEST: ModelRequest = { model: 'openai/m', messages: [] }
const MOST = { ...NO_USAGE, input: 500, output: 1000 }

function spend(info: ModelInfo = INFO, request: ModelRequest = REQUEST, input = 500) {
  return spendOf({ ...noModels, describe: () => info, countInput: () => input }, request)
}

function spentBy(
  details: ErrorDetails,
  code: 'MODEL_UNAVAILABLE' | 'MODEL_TIMEOUT' | 'STEP_TIMEOUT' = 'MODEL_UNAVAILABLE',
) {
  return spend().spent({ error: new PolisError(code, 'it failed', { details }) })
}

test('The most that a call can cost is its counted input, all of it written to the cache, and the longest answer', () => {
  assert.deepEqual(spend().most, { tokens: 1500, usage: MOST, nanos: 500 * 1250 + 1000 * 10_000 })
  assert.deepEqual(spend(INFO, { ...REQUEST, maxOutputTokens: 10 }).most, {
    tokens: 510,
    usage: { ...MOST, output: 10 },
    nanos: 500 * 1250 + 10 * 10_000,
  })
})

test('A call without a bound has none, and one without a price has no cost', () => {
  const { maxOutputTokens: _, price: __, ...unknown } = INFO
  assert.equal(spend(unknown).most, undefined)
  assert.equal(spend(INFO, REQUEST, Number.POSITIVE_INFINITY).most, undefined)
  assert.deepEqual(spend(unknown, { ...REQUEST, maxOutputTokens: 10 }).most?.nanos, undefined)
})

test('A result is charged as the provider says, or as the most where it does not', () => {
  const usage = { ...NO_USAGE, input: 100, output: 5 }
  const result = { content: [], finish: 'stop', usage, model: 'openai/m' }
  assert.deepEqual(spend().spent({ value: result }), { usage, nanos: costOf(usage, { input: 1, output: 10 }) })
  assert.equal(spend().spent({ value: { ...result, assumedUsage: true } })?.assumed, true)
})

test('A call that reached nobody, or was refused before an answer began, costs nothing', () => {
  assert.equal(spentBy({ sent: false }), undefined)
  assert.equal(spentBy({ sent: true, status: 429, received: false }), undefined)
  assert.equal(spentBy({ sent: true, status: 500, received: false }), undefined)
  assert.equal(spend().spent({ error: new PolisError('UNKNOWN_MODEL', 'no') }), undefined)
})

test('A failed call of which the provider says what it used costs that', () => {
  const usage = { ...NO_USAGE, input: 7, output: 1 }
  assert.deepEqual(spentBy({ sent: true, status: 200, received: true, usage }), {
    ...{ usage, nanos: costOf(usage, { input: 1, output: 10 }) },
  })
})

test('A call that was cut off, or that nobody answered in time, is taken to have cost the most', () => {
  const most = { usage: MOST, nanos: 500 * 1250 + 1000 * 10_000, assumed: true }
  assert.deepEqual(spentBy({ sent: true, status: 200, received: true }), most)
  assert.deepEqual(spentBy({ sent: true, received: false }, 'MODEL_TIMEOUT'), most)
  assert.deepEqual(spentBy({}, 'STEP_TIMEOUT'), most)
})
