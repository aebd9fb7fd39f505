import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pack, unpack } from './pack.ts'

const there = (value: unknown) => unpack(JSON.parse(JSON.stringify(pack(value))))

test('Dates, bytes, URLs and bigints come back as they went', () => {
  const value = { at: new Date(5), bytes: new Uint8Array([1, 2]), url: new URL('http://a.b/'), big: [10n] }
  assert.deepEqual(there(value), value)
})

test('An object that has the mark of packed values as its own key comes back too', () => {
  const value = { $polis: 'date', value: 'no date', more: [{ $polis: 1 }] }
  assert.deepEqual(there(value), value)
})

test('Instances become what they say or plain objects, and functions are left out', () => {
  class Point {
    readonly x = 1
    readonly length = () => 1
  }
  assert.deepEqual(there({ point: new Point(), made: { toJSON: () => 'said' }, list: [() => 1] }), {
    point: { x: 1 },
    made: 'said',
    list: [null],
  })
})

test('The name of a property that could change objects is only a property', () => {
  const value = JSON.parse('{"__proto__": {"polluted": true}, "a": 1}')
  const found = there(value) as object
  assert.equal('polluted' in found, false)
  assert.deepEqual(Object.keys(found), ['__proto__', 'a'])
})

test('What refers back to itself is refused, not followed for ever', () => {
  const ring: Record<string, unknown> = {}
  ring.ring = ring
  assert.throws(() => pack(ring), { code: 'INVALID_ARGUMENT' })
})
