import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithout } from '../../redis/server/binary.ts'
import { skipWithoutNetwork } from '../../redis/server/network.ts'
import { describe, type Verdict } from '../suite.ts'
import { FAULT_NAMES } from './fault.ts'
import { runOnRedis } from './on-redis.ts'
import { caseLine, describeCase, totalLine } from './report.ts'
import type { FaultSelection } from './suite.ts'

const SEED = 20_261_125
const missing = skipWithout('redis-server', 'redis-sentinel', 'redis-cli', 'ip')
const size = { tenants: 3, strikes: 2 }
const nobody = { point() {}, case() {} }

for (const fault of FAULT_NAMES) {
  const skip = missing || (fault === 'link-cut' && skipWithoutNetwork())
  test(`Nothing is lost, repeated or left out on Redis: ${fault}`, { skip }, async (context) => {
    const selection: FaultSelection = { seed: SEED, faults: [fault], cases: 1, size }
    const { verdicts, total } = await runOnRedis({ ...selection, matrix: undefined }, nobody)
    context.diagnostic(`${fault}: ${totalLine(total)}`)
    const found = verdicts.filter((verdict) => describeCase(verdict).length > 0)
    assert.deepEqual(
      found.map((verdict) => caseLine(verdict, selection)),
      [],
    )
    assert.equal(total.faults, fault === 'memory-full' ? 1 : size.strikes)
  })
}

test('Workers on Redis that are killed lose nothing, repeat nothing recorded and leave no gap', {
  skip: missing,
}, async (context) => {
  const verdicts: Verdict[] = []
  const listener = { ...nobody, point: (verdict: Verdict) => void verdicts.push(verdict) }
  const nothing: FaultSelection = { seed: SEED, faults: [], cases: 0, size }
  const { total } = await runOnRedis({ ...nothing, matrix: { points: 8, jobs: 1 } }, listener)
  context.diagnostic(totalLine(total))
  assert.deepEqual(
    // How long runs wait for another worker depends on the machine: `npm run crash` judges it.
    verdicts.flatMap((verdict) =>
      describe(verdict)
        .filter((line) => !line.startsWith('late:'))
        .map((line) => `${verdict.point.index}: ${line}`),
    ),
    [],
  )
  assert.ok(total.faults >= 4, `expected at least 4 processes to be killed, got ${total.faults}`)
})
