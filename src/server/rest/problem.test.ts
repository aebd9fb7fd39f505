import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ERRORS, type ErrorCode, PolisError } from '../../core/error.ts'
import { toFault } from './fault.ts'
import { toProblem } from './problem.ts'

test('Every code becomes a problem with the status and title of the table', () => {
  for (const [code, { status, title, retryable }] of Object.entries(ERRORS)) {
    const problem = toProblem(new PolisError(code as ErrorCode, 'because'), 'request_1')
    const instance = 'urn:agentpolis:request:request_1'
    assert.deepEqual(problem, {
      type: `urn:agentpolis:error:${code}`,
      title,
      status,
      detail: 'because',
      code,
      instance,
      retryable,
    })
  }
})

test('What is wrong with an input is listed under JSON paths', () => {
  const issues = [
    { path: 'user.tags[0]', message: 'expected a text' },
    { path: '', message: 'expected an object' },
    { path: '[2]', message: 'expected a number' },
  ]
  const { errors, details } = toProblem(new PolisError('INVALID_INPUT', 'no', { details: { issues } }), 'r')
  assert.deepEqual(
    errors?.map(({ path }) => path),
    ['$.user.tags[0]', '$', '$[2]'],
  )
  assert.equal(details, undefined)
})

test('An error that nobody foresaw gives nothing away, and keeps its cause for the log', () => {
  const cause = new Error('SELECT secret FROM users at /srv/app/db.ts:7')
  const fault = toFault(cause, 5)
  assert.equal(fault.cause, cause)
  const text = JSON.stringify(toProblem(fault, 'r'))
  assert.match(text, /Something went wrong/)
  assert.doesNotMatch(text, /SELECT|srv/)
  for (const odd of [undefined, null, 'text', 7, {}, { code: 5 }, Object.create(null)])
    assert.equal(toFault(odd, 5).code, 'INTERNAL')
})

test('A secret in an error is not sent', () => {
  const error = new PolisError('TOOL_FAILED', 'refused: Bearer abcdefghijklmnop', {
    details: { password: 'x', url: 'https://a:hunter2@b' },
  })
  assert.doesNotMatch(JSON.stringify(toProblem(error, 'r')), /abcdefgh|hunter2|"x"/)
})
