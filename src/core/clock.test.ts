import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { systemClock } from './clock.ts'
import { manualClock } from './manual-clock.ts'

describe('the system clock', () => {
  it('fires a timer months away, once and on time, past the longest delay that Node allows', (context) => {
    context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 })
    const fired = mock.fn()
    const clock = systemClock()
    const months = 2 ** 31 + 500
    clock.setTimer(months, fired)
    // In strides, because a mocked tick does not arm timers anew within itself.
    for (let time = 0; time + 60_000 < months; time += 60_000) context.mock.timers.tick(60_000)
    assert.equal(fired.mock.callCount(), 0)
    context.mock.timers.tick(60_000)
    context.mock.timers.tick(60_000)
    assert.equal(fired.mock.callCount(), 1)
  })

  it('does not fire what was cancelled, even after it was armed anew', (context) => {
    context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 })
    const fired = mock.fn()
    const cancel = systemClock().setTimer(100_000, fired)
    context.mock.timers.tick(60_000)
    cancel()
    cancel()
    context.mock.timers.tick(60_000)
    assert.equal(fired.mock.callCount(), 0)
  })

  it('fires a time in the past on a later turn', (context) => {
    context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1000 })
    const fired = mock.fn()
    systemClock().setTimer(5, fired)
    assert.equal(fired.mock.callCount(), 0)
    context.mock.timers.tick(1)
    assert.equal(fired.mock.callCount(), 1)
  })
})

describe('the manual clock', () => {
  it('fires timers in order of time, then of setting, each at its own time', () => {
    const clock = manualClock(0)
    const seen: string[] = []
    for (const [name, at] of [
      ['b', 20],
      ['a', 10],
      ['c', 20],
    ] as const) {
      clock.setTimer(at, () => seen.push(`${name}@${clock.now()}`))
    }
    assert.equal(clock.nextTimer(), 10)
    clock.advance(20)
    assert.deepEqual(seen, ['a@10', 'b@20', 'c@20'])
    assert.equal(clock.nextTimer(), undefined)
  })

  it('fires what a timer sets while time moves, and only if it is due', () => {
    const clock = manualClock(0)
    const seen: number[] = []
    const again = () => {
      seen.push(clock.now())
      clock.setTimer(clock.now() + 10, again)
    }
    clock.setTimer(10, again)
    clock.advanceTo(35)
    assert.deepEqual([seen, clock.now(), clock.nextTimer()], [[10, 20, 30], 35, 40])
  })

  it('never goes back, and forgets what was cancelled', () => {
    const clock = manualClock(100)
    clock.setTimer(150, () => assert.fail('was cancelled'))()
    clock.advanceTo(50)
    assert.equal(clock.now(), 100)
    clock.advance(100)
    assert.equal(clock.now(), 200)
  })
})
