import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { manualClock } from '../../core/manual-clock.ts'
import { openMemoryStore } from '../../store/memory/open.ts'
import { createChanges } from './changes.ts'

function deaf(lease: 'lock' | 'time') {
  const clock = manualClock()
  const store = openMemoryStore({ clock })
  const journal = { ...store.journal, watch: () => () => {} }
  const changes = createChanges({ ...store, journal, coordination: { ...store.coordination, lease } }, clock)
  return { clock, changes }
}

describe('changes whose announcements are lost', () => {
  it('are looked for within a quarter of a minute, and not for all at once', () => {
    const { clock, changes } = deaf('time')
    const told: string[] = []
    const ends = Array.from({ length: 30 }, (_, at) => changes.on(`r${at}`, () => told.push(`r${at}`)))
    clock.advance(1000)
    assert.equal(told.length, 2)
    clock.advance(14_000)
    assert.deepEqual(new Set(told).size, 30)
    for (const end of ends) end()
    assert.equal(clock.nextTimer(), undefined)
  })

  it('are not looked for where the store itself sees every commit', async () => {
    const { clock, changes } = deaf('lock')
    changes.on('r1', () => assert.fail('told'))
    clock.advance(60_000)
    await turn()
    assert.equal(clock.nextTimer(), undefined)
  })
})
