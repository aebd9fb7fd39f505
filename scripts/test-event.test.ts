import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outcomeOf, type TestEvent } from './test-event.ts'

test('A test counts once, whatever it is nested in', () => {
  assert.deepEqual(outcomeOf(eventOf('test:pass', { name: 'a' })), { kind: 'passed', name: 'a' })
  assert.equal(
    outcomeOf(eventOf('test:pass', { name: 'suite', details: { duration_ms: 1, type: 'suite' } })),
    undefined,
  )
  assert.equal(outcomeOf(eventOf('test:fail', { name: 'parent', ...failure('subtestsFailed') })), undefined)
  assert.equal(outcomeOf(eventOf('test:start', { name: 'a' })), undefined)
})

test('A failure tells its kind and what was thrown, and so does a suite that fails of itself', () => {
  const failed = outcomeOf(eventOf('test:fail', { name: 'a', ...failure('testCodeFailure') }))
  assert.deepEqual(failed, { kind: 'failed', name: 'a', reason: 'testCodeFailure' })
  const thrown = failure('testCodeFailure', 'test', new Error('not equal:\n\n  1 !== 2'))
  const reason = 'testCodeFailure: not equal: 1 !== 2'
  assert.deepEqual(outcomeOf(eventOf('test:fail', { name: 'a', ...thrown })), { kind: 'failed', name: 'a', reason })
  const hook = outcomeOf(eventOf('test:fail', { name: 'suite', ...failure('hookFailed', 'suite') }))
  assert.deepEqual(hook, { kind: 'failed', name: 'suite', reason: 'a hook failed' })
  const body = outcomeOf(eventOf('test:fail', { name: 'suite', ...failure('testCodeFailure', 'suite') }))
  assert.deepEqual(body, { kind: 'failed', name: 'suite', reason: 'testCodeFailure' })
})

test('A skipped test, suite or plan is skipped with its reason', () => {
  const skipped = outcomeOf(eventOf('test:pass', { name: 'a', skip: 'no disk to fill' }))
  assert.deepEqual(skipped, { kind: 'skipped', name: 'a', reason: 'no disk to fill' })
  const suite = outcomeOf(eventOf('test:pass', { name: 's', skip: true, details: { duration_ms: 1, type: 'suite' } }))
  assert.deepEqual(suite, { kind: 'skipped', name: 's', reason: 'no reason given' })
  const planned = outcomeOf(eventOf('test:fail', { name: 'a', todo: 'later', ...failure('testCodeFailure') }))
  assert.deepEqual(planned, { kind: 'skipped', name: 'a', reason: 'to do: later' })
})

test('A file that declares no test fails', () => {
  const empty = outcomeOf(eventOf('test:pass', { name: 'src/a.test.ts', file: '/home/src/a.test.ts' }))
  assert.deepEqual(empty, { kind: 'failed', name: 'src/a.test.ts', reason: 'the file declares no test' })
})

function eventOf(type: string, data: TestEvent['data']): TestEvent {
  return { type, data }
}

function failure(failureType: string, type = 'test', cause?: Error): Pick<TestEvent['data'], 'details'> {
  return { details: { duration_ms: 1, type, error: Object.assign(new Error('failed', { cause }), { failureType }) } }
}
