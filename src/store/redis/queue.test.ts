import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { createQueue } from './queue.ts'

it('a queue gives what was added, the first first, however it is used', () => {
  const steps = fc.array(fc.integer({ min: -3000, max: 3000 }), { maxLength: 20 })
  fc.assert(
    fc.property(steps, (moves) => {
      const queue = createQueue<number>()
      let [added, taken] = [0, 0]
      for (const move of moves) {
        for (let left = move; left > 0; left--) queue.add(added++)
        for (let left = -move; left > 0 && taken < added; left--) assert.equal(queue.take(), taken++)
        assert.equal(queue.size(), added - taken)
      }
      for (; taken < added; taken++) assert.equal(queue.take(), taken)
      assert.equal(queue.take(), undefined)
    }),
    { numRuns: 30 },
  )
})
