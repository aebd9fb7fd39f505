import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from './manual-clock.ts'
import { startPausableTimer } from './pausable-timer.ts'

test('Time in which something holds the timer does not count, however many hold it', () => {
  const clock = manualClock()
  let late = false
  const timer = startPausableTimer(clock, 100, () => {
    late = true
  })
  clock.advance(60)
  const first = timer.hold()
  const second = timer.hold()
  clock.advance(1000)
  first()
  first()
  clock.advance(1000)
  assert.equal(late, false)
  second()
  clock.advance(39)
  assert.equal(late, false)
  clock.advance(1)
  assert.equal(late, true)
})

test('A timer that was cancelled is not started again by letting go of it', () => {
  const clock = manualClock()
  const timer = startPausableTimer(clock, 100, () => assert.fail('late'))
  const release = timer.hold()
  timer.cancel()
  release()
  assert.equal(clock.nextTimer(), undefined)
})
