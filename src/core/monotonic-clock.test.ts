import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { monotonicClock } from './monotonic-clock.ts'

describe('the monotonic clock', () => {
  it("starts with the machine's time, and does not move when that is set", (context) => {
    const clock = monotonicClock()
    assert.ok(Math.abs(clock.now() - Date.now()) < 1000)
    context.mock.timers.enable({ apis: ['Date'], now: 0 })
    assert.ok(clock.now() > Date.UTC(2026, 0, 1))
  })

  it('fires once the time has come, also past the longest delay that Node allows, unless it was cancelled', (context) => {
    let now = 0
    context.mock.method(performance, 'now', () => now)
    context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 })
    const clock = monotonicClock()
    const [fired, cancelled] = [mock.fn(), mock.fn()]
    clock.setTimer(150_000, fired)
    const cancel = clock.setTimer(150_000, cancelled)
    cancel()
    for (let step = 0; step < 2; step++) {
      now += 60_000
      context.mock.timers.tick(60_000)
    }
    assert.equal(fired.mock.callCount(), 0)
    now += 30_000
    context.mock.timers.tick(30_000)
    assert.equal(fired.mock.callCount(), 1)
    assert.equal(cancelled.mock.callCount(), 0)
  })
})
