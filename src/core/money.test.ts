import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDollars, toDollars, toNanos } from './money.ts'

test('Dollars become whole nanodollars and back', () => {
  assert.equal(toNanos(0.1) + toNanos(0.2), toNanos(0.3))
  assert.equal(toDollars(toNanos(12.5)), 12.5)
})

test('People read cents, and of less than a cent two digits that say something', () => {
  const shown = [12.5, 0.01, 0.0042, 0.00000123, 0].map((dollars) => formatDollars(toNanos(dollars)))
  assert.deepEqual(shown, ['$12.50', '$0.01', '$0.0042', '$0.0000012', '$0'])
})
