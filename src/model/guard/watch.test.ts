import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '../../core/manual-clock.ts'
import { calm } from '../fixture.ts'
import { startWatch } from './watch.ts'

const timeouts = { total: 1000, firstToken: 100, betweenTokens: 50 }

test('A streamed answer that does not begin, falls silent, or never ends is given up', () => {
  for (const [limit, lives] of [
    ['firstToken', 0],
    ['betweenTokens', 3],
    ['total', 100],
  ] as const) {
    const clock = manualClock()
    using watch = startWatch({ timeouts, signal: calm, streaming: true, clock })
    for (let at = 0; at < lives && !watch.signal.aborted; at++) {
      clock.advance(40)
      watch.onLife(true)
    }
    clock.advance(100)
    assert.equal(watch.expired(), limit)
    assert.equal(watch.signal.aborted, true)
  }
})

test('What is no piece of an answer does not count as its beginning, but as life within it', () => {
  const clock = manualClock()
  using watch = startWatch({ timeouts, signal: calm, streaming: true, clock })
  clock.advance(90)
  watch.onLife(false)
  assert.equal(watch.firstToken(), undefined)
  watch.onLife(true)
  clock.advance(40)
  watch.onLife(false)
  clock.advance(40)
  assert.equal(watch.expired(), undefined)
})

test('An answer that comes at once has only the limit of the whole', () => {
  const clock = manualClock()
  const watch = startWatch({ timeouts, signal: calm, streaming: false, clock })
  clock.advance(999)
  assert.equal(watch.signal.aborted, false)
  clock.advance(1)
  assert.equal(watch.expired(), 'total')
  watch[Symbol.dispose]()
  assert.equal(clock.nextTimer(), undefined)
})

test("The caller's own signal ends it too, with its reason, and is no timeout", () => {
  const caller = new AbortController()
  const clock = manualClock()
  using watch = startWatch({ timeouts, signal: caller.signal, streaming: true, clock })
  caller.abort('enough')
  clock.advance(5000)
  assert.deepEqual([watch.signal.reason, watch.expired()], ['enough', undefined])
})
