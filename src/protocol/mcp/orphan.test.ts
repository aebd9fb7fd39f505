import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findOrphans } from './orphan.ts'

test('Only processes whose owner of the same namespace is gone are orphans', () => {
  const row = (pid: number, started = 't') => ({ pid, parent: 1, group: pid, started })
  const markers = new Map([
    [10, '1-t-ns/of a living owner'],
    [11, '2-t-ns/of a dead owner'],
    [12, '1-earlier-ns/of a dead owner whose id was given again'],
    [13, '2-t-other/of an owner that this system cannot see'],
    [14, '/of an owner that could not be told'],
  ])
  const table = {
    rows: () => [row(1), row(9), ...[...markers.keys()].map((pid) => row(pid))],
    marker: (pid: number) => markers.get(pid),
  }
  assert.deepEqual(findOrphans(table, 'ns'), [11, 12])
  assert.deepEqual(findOrphans(table, ''), [])
})
