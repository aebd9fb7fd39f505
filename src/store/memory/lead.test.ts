import assert from 'node:assert/strict'
import { it } from 'node:test'
import { manualClock } from '../../core/manual-clock.ts'
import { openMemoryStore } from './open.ts'
import { memoryState } from './state.ts'

it('The lead passes on when its time by the store clock is over, and not before', async () => {
  const clock = manualClock()
  const state = memoryState()
  const [first, second] = [openMemoryStore({ clock, state }), openMemoryStore({ clock, state })]
  assert.equal(await first.coordination.lead('retention', 'p1', 1000), true)
  clock.advance(999)
  assert.equal(await second.coordination.lead('retention', 'p2', 1000), false)
  clock.advance(1)
  assert.equal(await second.coordination.lead('retention', 'p2', 1000), true)
})
