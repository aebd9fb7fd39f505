import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { PolisError } from '../../core/error.ts'
import type { RunView } from '../../core/route/wire.ts'
import type { CliClient } from '../connection.ts'
import { runView } from '../fake/view.ts'
import { fits, runSmoke } from './run-smoke.ts'
import { toJunit } from './smoke-junit.ts'

async function smoke(views: readonly Partial<RunView>[], expect?: unknown, submit?: () => Promise<never>) {
  let at = 0
  const next = async () => runView(views[Math.min(at++, views.length - 1)])
  // Only what smoke runs use.
  const client = { runs: { submit: submit ?? next, get: next } } as unknown as Pick<CliClient, 'runs'>
  const options = { client, key: 'k', now: Date.now, signal: new AbortController().signal }
  return await runSmoke({ agent: 'report', timeout: '1m', ...(expect === undefined ? {} : { expect }) }, options)
}

suite('A smoke run', () => {
  test('passes when it completes, and has what is expected', async () => {
    const result = await smoke(
      [{ status: 'queued' }, { status: 'running' }, { status: 'completed', output: { pages: 3, more: 1 } }],
      { pages: 3 },
    )
    assert.deepEqual([result.passed, result.failure], [true, undefined])
  })

  test('fails with what it gave, how it ended, or why it could not begin', async () => {
    const wrong = await smoke([{ status: 'completed', output: { pages: 2 } }], { pages: 3 })
    assert.equal(wrong.failure, 'expected {"pages":3}, got {"pages":2}')
    const failed = await smoke([{ status: 'failed', error: { code: 'STEP_FAILED', message: 'no' } }])
    assert.equal(failed.failure, 'failed: STEP_FAILED: no')
    const refused = await smoke([], undefined, () => Promise.reject(new PolisError('UNAUTHENTICATED', 'who are you')))
    assert.deepEqual([refused.passed, refused.failure], [false, 'UNAUTHENTICATED: who are you'])
  })

  test('fits what has at least the fields that are expected', () => {
    assert.ok(fits({ a: 1, b: { c: [1, 2], d: 1 } }, { b: { c: [1, 2] } }))
    assert.ok(!fits({ b: { c: [1, 2, 3] } }, { b: { c: [1, 2] } }))
    assert.ok(!fits(null, {}))
    assert.ok(fits('text', 'text'))
  })

  test('shows in JUnit XML', () => {
    const xml = toJunit('staging', [
      { name: 'good', agent: 'report', run: 'run_1', passed: true, ms: 1200 },
      { name: 'bad', agent: 'report', passed: false, failure: 'a < b', ms: 10 },
    ])
    assert.match(xml, /tests="2" failures="1" errors="0" time="1.210"/)
    assert.match(xml, /<failure message="a &lt; b">/)
  })
})
