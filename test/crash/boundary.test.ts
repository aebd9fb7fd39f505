import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { BOUNDARIES } from './boundary.ts'
import { FAULTS } from './fault/fault.ts'

test('The guide lists every boundary and what it means, and every fault', () => {
  const guide = readFileSync(new URL('../../docs/guide/crash-suite.md', import.meta.url), 'utf8')
  const rows = [...guide.matchAll(/^\| `([a-z-]+)` \| (.+) \|$/gm)].map(([, name, meaning]) => [name, meaning])
  const isFault = ([name = '']: readonly (string | undefined)[]) => name in FAULTS
  assert.deepEqual(Object.fromEntries(rows.filter((row) => !isFault(row))), BOUNDARIES)
  assert.deepEqual(
    rows
      .filter(isFault)
      .map(([name]) => name)
      .sort(),
    Object.keys(FAULTS).sort(),
  )
})
