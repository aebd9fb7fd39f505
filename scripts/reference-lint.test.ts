import assert from 'node:assert/strict'
import { it } from 'node:test'
import { findLintDrift } from './reference-lint.ts'

it('the pages of the rules are what the rules say, and no page is of no rule; else run node scripts/reference-lint.ts', async () => {
  assert.deepEqual(await findLintDrift(), [])
})
