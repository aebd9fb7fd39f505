import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '../../core/manual-clock.ts'
import { createRate } from './rate.ts'

test('A burst passes, more has to wait for its time, and what was not used is not saved beyond the burst', () => {
  const clock = manualClock()
  const rate = createRate(clock, { burst: 100, perSecond: 10 })
  assert.equal(rate.add(100), 0)
  assert.equal(rate.add(20), 2000)
  clock.advance(2000)
  assert.equal(rate.add(0), 0)
  clock.advance(1_000_000)
  assert.equal(rate.add(100), 0)
  assert.equal(rate.add(1), 100)
})
