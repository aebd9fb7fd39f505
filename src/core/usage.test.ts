import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addUsage, costOf, NO_USAGE } from './usage.ts'

const PRICE = { input: 1.25, output: 10, cachedInput: 0.125 }

test('A cost counts cached input at its own price and everything else once', () => {
  const usage = { ...NO_USAGE, input: 1000, cachedInput: 800, output: 10, reasoning: 4 }
  assert.equal(costOf(usage, PRICE), 200 * 1250 + 800 * 125 + 10 * 10_000)
})

test('A fraction of a nanodollar is rounded up, the noise of binary fractions is not', () => {
  assert.equal(costOf({ ...NO_USAGE, input: 1 }, { input: 0.0001, output: 0 }), 1)
  assert.equal(costOf({ ...NO_USAGE, input: 3 }, { input: 0.1, output: 0 }), 300)
})

test('Usages add up field by field', () => {
  const usage = { input: 5, cachedInput: 1, cacheWrite: 2, output: 3, reasoning: 1 }
  assert.deepEqual(addUsage(usage, addUsage(usage, NO_USAGE)), {
    ...{ input: 10, cachedInput: 2, cacheWrite: 4, output: 6, reasoning: 2 },
  })
})
