import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLoad } from './load.ts'

test('Requests beyond the limit are refused until one is over', () => {
  const load = createLoad(2)
  const [first] = [load.enter(), load.enter()]
  assert.throws(() => load.enter(), { code: 'OVERLOADED', message: /server\.max_concurrent_requests/ })
  first?.release()
  first?.release()
  load.enter()
  assert.throws(() => load.enter(), { code: 'OVERLOADED' })
})

test('Who only waits is counted apart, up to ten times the limit', () => {
  const load = createLoad(1)
  const waiting = Array.from({ length: 10 }, () => {
    const place = load.enter()
    place.hold()
    place.hold()
    return place
  })
  const eleventh = load.enter()
  assert.throws(() => eleventh.hold(), { code: 'OVERLOADED' })
  eleventh.release()
  waiting[0]?.release()
  load.enter().hold()
})
