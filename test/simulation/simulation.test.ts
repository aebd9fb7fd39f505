import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { simulateMany } from './many.ts'
import { simulate } from './simulate.ts'

const seed = Number(process.env.POLIS_SIMULATION_SEED ?? 20_000_000)

describe('a simulated deployment', () => {
  it('plays the same schedule for the same seed', async () => {
    const verdicts = [await simulate(seed), await simulate(seed)]
    assert.deepEqual(verdicts[0], verdicts[1])
  })

  it(`keeps the guarantees in 10,000 random schedules from ${seed} on (G1-G4, G6, G7)`, async () => {
    const { failed, schedules, injected, fenced } = await simulateMany({ seed, schedules: 10_000, jobs: 2 })
    assert.deepEqual(failed.slice(0, 3), [])
    assert.equal(schedules, 10_000)
    assert.ok(injected > 10_000 && fenced > 100, `only ${injected} faults and ${fenced} fenced commits`)
  })
})
