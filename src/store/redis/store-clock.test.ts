import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PolisError } from '../../core/error.ts'
import { type ManualClock, manualClock } from '../../core/manual-clock.ts'
import { createStoreClock } from './store-clock.ts'

const START = Date.UTC(2026, 0, 1)

/** Redis' time, so far ahead of ours, each answer taking so long. */
function redisAhead(clock: ManualClock, ahead: number, roundTrip = 0) {
  const redis = {
    ahead,
    time: async () => {
      clock.advance(roundTrip / 2)
      const time = clock.now() + redis.ahead
      clock.advance(roundTrip / 2)
      return time
    },
  }
  return redis
}

/** Lets time pass, and what was begun in it be done. */
async function pass(clock: ManualClock, milliseconds: number): Promise<void> {
  clock.advance(milliseconds)
  for (let turn = 0; turn < 50; turn++) await undefined
}

describe('a clock that follows Redis', () => {
  it("tells Redis' time from the start, whatever the machine's own clock says", async () => {
    for (const ahead of [-3_600_000, 0, 3_600_000]) {
      const clock = manualClock(START)
      const store = await createStoreClock(redisAhead(clock, ahead, 40), clock)
      assert.equal(store.now(), clock.now() + ahead)
      store.close()
    }
  })

  it('goes ahead at once, and never back: it goes at half speed until Redis has caught up', async () => {
    const clock = manualClock(START)
    const redis = redisAhead(clock, 0)
    const store = await createStoreClock(redis, clock)
    redis.ahead = 500
    await pass(clock, 10_000)
    assert.equal(store.now() - clock.now(), 500)
    redis.ahead = 0
    await pass(clock, 10_000)
    const told = Array.from({ length: 5 }, () => {
      clock.advance(400)
      return store.now() - clock.now()
    })
    assert.deepEqual(told, [300, 100, 0, 0, 0])
    store.close()
  })

  it('takes no news from what the way alone explains, nor from a Redis that does not answer', async () => {
    const clock = manualClock(START)
    const redis = redisAhead(clock, 100, 0)
    const store = await createStoreClock(redis, clock)
    Object.assign(redis, redisAhead(clock, 110, 40))
    await pass(clock, 10_000)
    assert.equal(store.ahead(), 100)
    redis.time = async () => {
      throw new PolisError('STORE_UNAVAILABLE', 'not there')
    }
    await pass(clock, 10_000)
    assert.equal(store.now(), clock.now() + 100)
    store.close()
  })

  it('fires a timer when it is time by Redis, also when that moved meanwhile', async () => {
    const clock = manualClock(START)
    const redis = redisAhead(clock, 0)
    const store = await createStoreClock(redis, clock)
    const fired: number[] = []
    store.setTimer(START + 60_000, () => void fired.push(store.now()))
    store.setTimer(START + 60_000, () => assert.fail('it was cancelled'))()
    redis.ahead = 30_000
    await pass(clock, 10_000)
    await pass(clock, 19_999)
    assert.deepEqual(fired, [])
    await pass(clock, 1)
    assert.deepEqual(fired, [START + 60_000])
    store.close()
  })
})
