import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { manualClock } from '../../core/manual-clock.ts'
import { calm } from '../fixture.ts'
import { createLimits, type LimitOptions, type Turn } from './limits.ts'

function limits(options: Omit<LimitOptions, 'clock'>) {
  const clock = manualClock()
  const { acquire } = createLimits({ ...options, clock })
  const begun: string[] = []
  const turns = new Map<string, Turn>()
  const begin = async (name: string, tokens = 1, signal = calm) => {
    turns.set(name, await acquire(tokens, signal))
    begun.push(name)
  }
  return { clock, begun, begin, end: (name: string, tokens = 1) => turns.get(name)?.release(tokens) }
}

test('No more calls run at once than may, and the others go in the order in which they came (1, 2)', async () => {
  const { begun, begin, end } = limits({ concurrency: 2 })
  for (const name of ['a', 'b', 'c', 'd']) void begin(name)
  await turn()
  assert.deepEqual(begun, ['a', 'b'])
  end('b')
  await turn()
  assert.deepEqual(begun, ['a', 'b', 'c'])
})

test('A wait ends with its signal, and makes room for the next (3)', async () => {
  const { begun, begin, end } = limits({ concurrency: 1 })
  const impatient = new AbortController()
  void begin('a')
  const given = begin('b', 1, impatient.signal)
  void begin('c')
  impatient.abort(new Error('enough'))
  await assert.rejects(given, /enough/)
  end('a')
  await turn()
  assert.deepEqual(begun, ['a', 'c'])
  await assert.rejects(begin('d', 1, AbortSignal.abort(new Error('before'))), /before/)
})

test('Requests beyond a minute wait until they flow in (4)', async () => {
  const { begun, begin, clock } = limits({ requestsPerMinute: 2 })
  for (const name of ['a', 'b', 'c']) void begin(name)
  await turn()
  assert.deepEqual(begun, ['a', 'b'])
  clock.advance(29_000)
  await turn()
  assert.equal(begun.length, 2)
  clock.advance(1000)
  await turn()
  assert.deepEqual(begun, ['a', 'b', 'c'])
})

test('Tokens are taken as estimated and corrected by what was used; a call larger than a minute goes when all is there (5)', async () => {
  const { begun, begin, end, clock } = limits({ tokensPerMinute: 600 })
  void begin('large', 100_000)
  await turn()
  assert.deepEqual(begun, ['large'])
  end('large', 630)
  void begin('next', 10)
  await turn()
  assert.equal(begun.length, 1, 'thirty more were used than flowed in')
  clock.advance(4000)
  await turn()
  assert.deepEqual(begun, ['large', 'next'])
  end('next', 0)
})

test('Without limits nobody waits', async () => {
  const { begun, begin } = limits({})
  await Promise.all(Array.from({ length: 100 }, (_, at) => begin(String(at), 1e9)))
  assert.equal(begun.length, 100)
})
