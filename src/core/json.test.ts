import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { assertSerializable, canonical, decode, encode, hash } from './json.ts'

const text = (value: unknown) => Buffer.from(encode(value)).toString()

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, shuffled(item)]),
  )
}

describe('encode and decode', () => {
  it('give back every JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        assert.deepEqual(decode(encode(value)), JSON.parse(JSON.stringify(value))),
      ),
    )
  })

  it('give back undefined, which is no bytes', () => {
    assert.equal(encode(undefined).byteLength, 0)
    assert.equal(decode(encode(undefined)), undefined)
  })

  it('read from the middle of a larger buffer', () => {
    assert.deepEqual(decode(new TextEncoder().encode('xx{"a":"é"}yy').subarray(2, 12)), { a: 'é' })
  })

  it('report bytes that are not JSON as a damaged store', () => {
    assert.throws(() => decode(Uint8Array.from([123, 0])), { code: 'STORE_CORRUPT' })
  })

  it('name the path of what JSON refuses', () => {
    const cycle: Record<string, unknown> = {}
    cycle.items = [cycle]
    const cases = [
      [{ a: [1, 2n] }, '$.a[1] is a bigint: use a text instead'],
      [cycle, '$.items[0] refers back to an object that contains it'],
      [() => 1, '$ is a function'],
    ] as const
    for (const [value, message] of cases) {
      for (const act of [encode, canonical, hash]) {
        assert.throws(() => act(value), {
          code: 'INVALID_ARGUMENT',
          message: `Expected the value to be storable as JSON, but ${message}`,
        })
      }
    }
  })

  it('refuse extreme depth, where it matters, instead of overflowing', () => {
    const deep = Array.from({ length: 100_000 }).reduce<unknown>((below) => [below], 1)
    assert.throws(() => hash(deep), { code: 'INVALID_ARGUMENT', message: /nested deeper than 100$/ })
    assert.throws(() => assertSerializable(deep, 'value'), { message: /nested deeper than 100$/ })
  })
})

describe('canonical', () => {
  it('is the same whatever the order of keys, and before and after storing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.equal(canonical(shuffled(value)), canonical(value))
        assert.equal(canonical(decode(encode(value))), canonical(value))
        assert.deepEqual(JSON.parse(canonical(value)), JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('treats what JSON leaves out or changes as JSON does', () => {
    const value = {
      z: undefined,
      f: () => 1,
      a: [undefined, Number.NaN],
      d: new Date(0),
      o: { toJSON: () => ({ c: 1, b: 2 }) },
      n: new Number(3),
    }
    assert.equal(canonical(value), '{"a":[null,null],"d":"1970-01-01T00:00:00.000Z","n":3,"o":{"b":2,"c":1}}')
    assert.equal(canonical(undefined), '')
  })

  it('escapes as JSON does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => assert.equal(canonical(value), JSON.stringify(value))),
    )
    for (const value of ['\ud800', 'a"b', '\\', '\n', '\u2028', '\x7f', '😀'])
      assert.equal(canonical(value), text(value))
  })
})

describe('hash', () => {
  it('is 16 hexadecimal characters, and never changes between releases', () => {
    assert.equal(hash({ b: [1, 'é'], a: null }), hash({ a: null, b: [1, 'é'] }))
    // A journal holds these: a change here makes every run in flight diverge.
    assert.equal(hash({ b: [1, 'é'], a: null }), 'f8f17faab95c0248')
    assert.equal(hash(undefined), 'e3b0c44298fc1c14')
  })
})

describe('assertSerializable', () => {
  it('accepts what survives', () => {
    const shared = { x: 1 }
    assertSerializable({ a: [shared, shared], d: new Date(), u: undefined, n: null, o: Object.create(null) }, 'result')
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => assertSerializable(value, 'value')))
  })

  it('refuses what JSON would empty or change in silence', () => {
    const cases = [
      [Promise.resolve(1), 'is a promise: await it first'],
      [new Map(), 'is a Map: use Object.fromEntries(map)'],
      [new Set(), 'is a Set: use [...set]'],
      [new Uint8Array(2), 'is binary data: use a blob, or base64 text'],
      [new Error('x'), 'is an error: use its message'],
      [Number.NaN, 'is NaN: use null or a text instead'],
      [Symbol('s'), 'is a symbol'],
      [() => 1, 'is a function'],
    ] as const
    for (const [value, problem] of cases) {
      assert.throws(() => assertSerializable({ 'a b': [value] }, 'result of step "fetch"'), {
        code: 'INVALID_ARGUMENT',
        message: `Expected the result of step "fetch" to be storable as JSON, but $["a b"][0] ${problem}`,
      })
    }
  })
})
