import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '../../core/manual-clock.ts'
import { createBreaker, type Health } from './breaker.ts'

function breaker() {
  const clock = manualClock()
  const made = createBreaker({ failures: 3, cooldown: 1000, clock })
  const end = (...healths: Health[]) => {
    for (const health of healths) made.enter()(health)
  }
  return { clock, end, ...made }
}

test('A breaker opens after so many failures in a row (1), and lets nothing through while it cools down (2)', () => {
  const { end, wait, clock } = breaker()
  end('bad', 'bad', 'good', 'bad', 'bad')
  assert.equal(wait(), 0)
  end('bad')
  assert.equal(wait(), 1000)
  clock.advance(400)
  assert.equal(wait(), 600)
})

test('After the cooldown one call is on trial: its success closes the breaker, its failure opens it again (3)', () => {
  const { end, wait, enter, clock } = breaker()
  end('bad', 'bad', 'bad')
  clock.advance(1000)
  assert.equal(wait(), 0)
  const leave = enter()
  assert.ok(wait() > 0, 'only one')
  leave('bad')
  assert.equal(wait(), 1000)
  clock.advance(1000)
  enter()('good')
  assert.equal(wait(), 0)
  end('bad', 'bad')
  assert.equal(wait(), 0, 'it counts from the beginning')
})

test('A call that tells nothing of the provider changes nothing, and gives its trial back (4)', () => {
  const { end, wait, enter, clock } = breaker()
  end('bad', 'bad', 'unknown', 'bad')
  assert.equal(wait(), 1000)
  clock.advance(1000)
  enter()('unknown')
  assert.equal(wait(), 0)
})

test('A call that began before the breaker opened does not end a trial', () => {
  const { end, wait, enter, clock } = breaker()
  const early = enter()
  end('bad', 'bad', 'bad')
  clock.advance(1000)
  const trial = enter()
  early('unknown')
  assert.ok(wait() > 0)
  trial('good')
  assert.equal(wait(), 0)
})
