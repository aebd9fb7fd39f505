import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '../../core/manual-clock.ts'
import { membersOf, watchFamily } from './process-family.ts'
import type { ProcessTable } from './process-table.ts'

const row = (pid: number, parent: number, group: number, started = 't') => ({ pid, parent, group, started })

test('Invariant 1: a family is its group, its descendants, and those seen before that are still the same', () => {
  const rows = [
    row(10, 1, 10),
    row(11, 10, 10),
    row(12, 11, 12),
    row(13, 12, 13),
    row(20, 1, 20),
    row(21, 1, 21, 'new'),
  ]
  const pids = (seen: ReadonlyMap<number, string>) => membersOf(10, seen, rows).map(({ pid }) => pid)
  assert.deepEqual(pids(new Map()), [10, 11, 12, 13])
  assert.deepEqual(pids(new Map([[20, 't']])), [10, 11, 20, 12, 13])
  assert.deepEqual(pids(new Map([[21, 'old']])), [10, 11, 12, 13])
})

test('The memory of a family is watched as a whole, and too much of it told once', () => {
  const clock = manualClock()
  const memory = new Map([
    [10, 40],
    [11, 50],
  ])
  const table: ProcessTable = {
    rows: () => [row(10, 1, 10), row(11, 10, 10)],
    memory: (pid) => memory.get(pid) ?? 0,
    marker: () => undefined,
    self: () => '',
  }
  const told: number[] = []
  watchFamily({ pid: 10, marker: 'm', memoryLimit: 100, onTooMuch: (bytes) => told.push(bytes) }, table, clock)
  clock.advance(5000)
  assert.deepEqual(told, [])
  memory.set(11, 70)
  clock.advance(5000)
  assert.deepEqual(told, [110])
  assert.equal(clock.nextTimer(), undefined)
})
