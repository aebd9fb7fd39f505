import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BOUNDARY_NAMES } from './boundary.ts'
import { describe, runSuite, type Verdict } from './suite.ts'
import { sqliteVenue } from './venue.ts'

const SEED = 20_261_124

test('Workers that are killed at each boundary lose nothing, repeat nothing recorded and leave no gap', async (context) => {
  const verdicts: Verdict[] = []
  const points = BOUNDARY_NAMES.length
  const summary = await runSuite({ seed: SEED, points, jobs: 2, venue: sqliteVenue() }, (verdict) =>
    verdicts.push(verdict),
  )
  const found = verdicts.flatMap((verdict) =>
    describe(verdict).map(
      (line) => `npm run crash -- --seed ${SEED} --points ${points} --only ${verdict.point.index}: ${line}`,
    ),
  )
  const { kills, lost, repeated, gaps, unrecorded, money, spending } = summary
  context.diagnostic(`${kills} kills, ${lost} lost, ${repeated} repeated recorded steps, ${gaps} gaps`)
  assert.deepEqual(found, [])
  assert.deepEqual([unrecorded.once, unrecorded.overtaken], [0, 0])
  assert.equal(money, 0)
  assert.ok(spending.booked >= spending.charged && spending.assumed > 0)
  assert.ok(kills >= points / 2, `expected at least ${points / 2} processes to be killed, got ${kills}`)
})
