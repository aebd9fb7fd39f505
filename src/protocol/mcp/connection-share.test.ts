import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createConnectionShares } from './connection-share.ts'

const stubborn = { shed: () => false, onFree: () => {} }

test('Invariant 1: a server that takes all it can leaves the others their part', () => {
  const join = createConnectionShares(50, 3)
  const [greedy, quiet, late] = [join(stubborn), join(stubborn), join(stubborn)]
  let taken = 0
  while (greedy.take()) taken += 1
  assert.equal(taken, 34)
  for (const other of [quiet, late]) {
    for (let own = 0; own < 8; own++) assert.equal(other.take(), true)
    assert.equal(other.take(), false)
  }
})

test('Invariant 2: all together never have more than the size, and each can have one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.nat(11)),
      (size, servers, moves) => {
        const join = createConnectionShares(size, servers)
        const shares = Array.from({ length: servers }, () => join(stubborn))
        const taken = shares.map(() => 0)
        for (const move of moves) {
          const at = move % servers
          if (move >= 6 && (taken[at] ?? 0) > 0) {
            shares[at]?.give()
            taken[at] = (taken[at] ?? 0) - 1
          } else if (shares[at]?.take()) taken[at] = (taken[at] ?? 0) + 1
          else assert.ok((taken[at] ?? 0) > 0)
          assert.ok(taken.reduce((sum, one) => sum + one, 0) <= Math.max(size, servers))
        }
      },
    ),
    { seed: 7 },
  )
})

test('Invariant 3: an unused connection over its part gives way to one that is needed', () => {
  const join = createConnectionShares(4, 2)
  let idle = 0
  const first = join({
    onFree: () => {},
    shed: () => {
      if (idle === 0) return false
      idle -= 1
      first.give()
      return true
    },
  })
  const second = join(stubborn)
  assert.deepEqual([first.take(), first.take(), first.take(), first.take()], [true, true, true, false])
  assert.deepEqual([second.take(), second.take()], [true, false])
  idle = 2
  assert.deepEqual([second.take(), second.take()], [true, true])
})

test('Who waits is told when another gives a connection back', () => {
  const join = createConnectionShares(2, 2)
  const first = join(stubborn)
  let told = 0
  join({
    shed: () => false,
    onFree: () => {
      told += 1
    },
  })
  first.take()
  first.give()
  assert.equal(told, 1)
})
