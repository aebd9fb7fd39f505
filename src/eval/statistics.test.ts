import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { confidence, measure, signTest } from './statistics.ts'

test('The spread is the standard deviation of a sample, and needs two values', () => {
  assert.deepEqual(measure([]), {})
  assert.deepEqual(measure([0.5]), { mean: 0.5 })
  assert.deepEqual(measure([0, 1]), { mean: 0.5, spread: Math.SQRT1_2 })
})

test('The interval holds the mean, lies within the values, and is the same for the same values', () => {
  const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 12 })
  fc.assert(
    fc.property(values, (differences) => {
      const [low, high] = confidence(differences)
      assert.deepEqual([low, high], confidence(differences))
      assert.ok(low <= high && low >= Math.min(...differences) - 1e-9 && high <= Math.max(...differences) + 1e-9)
    }),
    { numRuns: 20 },
  )
})

test('The interval of a change in one case of many reaches over zero; that of the same change in all does not', () => {
  const [, high] = confidence([-1, 0, 0, 0, 0, 0, 0, 0])
  assert.ok(high >= 0)
  const [, allHigh] = confidence([-0.2, -0.1, -0.2, -0.3, -0.2, -0.1])
  assert.ok(allHigh < 0)
})

test('The sign test gives the odds of coins', () => {
  assert.equal(signTest([]), 1)
  assert.equal(signTest([0, 0]), 1)
  assert.equal(signTest([1, -1]), 1)
  assert.ok(Math.abs(signTest([1, 1, 1, 1, 1]) - 2 / 32) < 1e-12)
  // 1 of 9 one way: 2 × (1 + 9) / 512.
  assert.ok(Math.abs(signTest([-1, 1, 1, 1, 1, 1, 1, 1, 1]) - 20 / 512) < 1e-12)
})

test('The sign test counts thousands of cases', () => {
  const even = Array.from({ length: 4000 }, (_, at) => (at % 2 === 0 ? 1 : -1))
  assert.ok(signTest(even) > 0.99)
  assert.ok(signTest(Array.from({ length: 4000 }, () => 1)) < 1e-100)
})
