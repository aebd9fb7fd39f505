import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAULT_NAMES } from './fault.ts'
import { HEARTBEAT, planOf } from './plan.ts'
import { totalLine } from './report.ts'

const SIZE = { tenants: 6, strikes: 3 }

test('The same seed gives the same plan, another seed another one', () => {
  for (const fault of FAULT_NAMES) {
    assert.deepEqual(planOf(fault, 7, SIZE), planOf(fault, 7, SIZE))
    assert.notDeepEqual(planOf(fault, 7, SIZE).strikes, planOf(fault, 8, SIZE).strikes)
  }
})

test('A worker that is paused or cut off is so for longer than its lease', () => {
  for (const fault of ['worker-paused', 'link-cut'] as const) {
    for (let seed = 0; seed < 100; seed++) {
      for (const { lasts } of planOf(fault, seed, SIZE).strikes) assert.ok(lasts >= HEARTBEAT * 1.5, `${lasts} ms`)
    }
  }
})

test('The last line counts faults, what was lost, repeated and left out, and what was fenced', () => {
  const line = totalLine({ faults: 3, lost: 0, repeated: 0, gaps: 0, fenced: 12 })
  assert.equal(line, '3 faults, 0 lost, 0 repeated recorded steps, 0 gaps, 12 fenced')
})
