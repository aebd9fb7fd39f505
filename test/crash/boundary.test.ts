import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { BOUNDARIES } from './boundary.ts'

test('The guide lists every boundary and what it means', () => {
  const guide = readFileSync(new URL('../../docs/guide/crash-suite.md', import.meta.url), 'utf8')
  const rows = [...guide.matchAll(/^\| `([a-z-]+)` \| (.+) \|$/gm)].map(([, name, meaning]) => [name, meaning])
  assert.deepEqual(Object.fromEntries(rows), BOUNDARIES)
})
