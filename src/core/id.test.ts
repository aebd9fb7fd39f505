import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createIds, isKey, isName, isRunId, isTenant } from './id.ts'
import { manualClock } from './manual-clock.ts'
import { assertName } from './name.ts'
import { seededRandom, systemRandom, uuid } from './random.ts'

describe('ids', () => {
  it('have a prefix and the layout of a ULID, in lower case', () => {
    const ids = createIds(manualClock(1_469_918_176_385), seededRandom(1))
    const { run, worker } = { run: ids.run(), worker: ids.worker() }
    // The time part of the ULID specification's own example.
    assert.match(run, /^run_01arYZ6s41[0-9a-z]{16}$/i)
    assert.ok(isRunId(run))
    assert.match(worker, /^worker_[0-9a-hjkmnp-tv-z]{26}$/)
    assert.ok(!isRunId(worker) && !isRunId(run.toUpperCase()) && !isRunId(`${run}0`) && !isRunId(7))
  })

  it('rise, whatever the clock does', () => {
    const moves = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 50 })
    fc.assert(
      fc.property(moves, fc.integer(), (deltas, seed) => {
        let now = 1_700_000_000_000
        const ids = createIds({ now: () => now, setTimer: () => () => {} }, seededRandom(seed))
        const made = deltas.map((delta) => {
          now += delta
          return ids.run()
        })
        assert.deepEqual(made, [...new Set(made)].sort())
        assert.ok(made.every(isRunId))
      }),
    )
  })

  it('rise when the lower half of their randomness overflows', () => {
    const full = { next: () => 0, bytes: () => Uint8Array.from([0, 0, 0, 0, 0, 255, 255, 255, 255, 255]) }
    const ids = createIds(manualClock(0), full)
    assert.deepEqual([ids.run(), ids.run()], ['run_000000000000000000zzzzzzzz', 'run_00000000000000000100000000'])
  })

  it('sort by time as text', () => {
    const clock = manualClock(0)
    const ids = createIds(clock, seededRandom(2))
    const times = [0, 1, 2 ** 20, 2 ** 40, 2 ** 47]
    const made = times.map((time) => {
      clock.advanceTo(time)
      return ids.run()
    })
    assert.deepEqual(made, made.toSorted())
  })
})

describe('names', () => {
  it('begin with a letter and hold at most 63 letters, digits, hyphens and underscores', () => {
    for (const name of ['a', 'repository-report', 'Read_2', 'a'.repeat(63)]) assert.ok(isName(name), name)
    for (const name of ['', '1a', '-a', 'a/b', 'a.b', 'a b', 'é', 'a'.repeat(64), null, 3])
      assert.ok(!isName(name), String(name))
  })

  it('that are none are refused with the rule and the name', () => {
    assert.equal(assertName('fetch', 'step name'), 'fetch')
    assert.throws(() => assertName('a/b', 'step name'), {
      code: 'INVALID_ARGUMENT',
      message:
        'Expected the step name to be a letter, then up to 62 letters, digits, hyphens or underscores, got "a/b"',
    })
  })

  it('of tenants may begin with a digit, and keys take any printable ASCII', () => {
    assert.ok(isTenant('0f8fad5b-d9cb-469f-a165-70867728950e') && !isTenant('a:b') && !isTenant(''))
    assert.ok(isKey('chat:42/a') && !isKey('a b') && !isKey('é') && !isKey('x'.repeat(256)))
  })
})

describe('randomness', () => {
  it('repeats for the same seed', () => {
    const [a, b] = [seededRandom(7), seededRandom(7)]
    assert.deepEqual([a.next(), ...a.bytes(4)], [b.next(), ...b.bytes(4)])
    assert.notEqual(seededRandom(8).next(), seededRandom(7).next())
  })

  it('of the system gives arrays of any size that are the caller’s own', () => {
    const random = systemRandom()
    for (const size of [0, 1, 4096, 5000]) assert.equal(random.bytes(size).length, size)
    const first = random.bytes(16)
    const copy = Uint8Array.from(first)
    for (let index = 0; index < 600; index++) assert.notDeepEqual(random.bytes(16), copy)
    assert.deepEqual(first, copy)
  })

  it('makes UUIDs of version 4', () => {
    assert.match(uuid(seededRandom(3)), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
