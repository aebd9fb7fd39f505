import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runSuite } from './run-suite.ts'

// A sample of what `npm run conformance` runs whole.
const sample = [
  ['2026-07-28', 'sep-2322-client-request-state', 5],
  ['2026-07-28', 'http-custom-headers', 18],
  ['2025-11-25', 'elicitation-sep1034-client-defaults', 5],
  ['2025-11-25', 'sse-retry', 3],
] as const

for (const [revision, scenario, checks] of sample)
  test(`The official suite finds nothing in our client: ${scenario} of ${revision}`, async () => {
    const { code, output } = await runSuite(revision, scenario)
    assert.equal(code, 0, output)
    const [, passed, all] = /Passed: (\d+)\/(\d+)/.exec(output) ?? []
    assert.deepEqual([Number(passed), Number(all)], [checks, checks], output)
  })
