import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createShortLived } from './short-lived.ts'

test('A short-lived map is a map', () => {
  const map = createShortLived<number>()
  map.set('a', 1)
  map.set('b', 2)
  map.set('a', 3)
  assert.equal(map.size, 2)
  assert.deepEqual([...map.keys()], ['a', 'b'])
  assert.deepEqual(map.values(), [3, 2])
  assert.equal(map.delete('a'), true)
  assert.equal(map.delete('a'), false)
  assert.equal(map.get('a'), undefined)
  assert.equal(map.has('b'), true)
  map.clear()
  assert.equal(map.size, 0)
  assert.deepEqual(map.values(), [])
})
