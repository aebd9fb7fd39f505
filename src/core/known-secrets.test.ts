import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PolisError } from './error.ts'
import { createKnownSecrets } from './known-secrets.ts'

test('what is known is hidden in texts, in data and in errors, whose cause is dropped', () => {
  const secrets = createKnownSecrets()
  secrets.add('hunter2-hunter2')
  secrets.add('hunter2-hunter2-and-more')
  assert.equal(secrets.hide('a hunter2-hunter2-and-more b hunter2-hunter2'), 'a [redacted] b [redacted]')
  assert.deepEqual(secrets.hideIn({ list: ['x hunter2-hunter2'], n: 1 }), { list: ['x [redacted]'], n: 1 })
  const error = new PolisError('TOOL_FAILED', 'said hunter2-hunter2', {
    cause: new Error('hunter2-hunter2'),
    details: { text: 'hunter2-hunter2' },
    retryable: true,
  })
  const { code, message, details, retryable, cause } = secrets.hideInError(error)
  assert.deepEqual(
    { code, message, details, retryable, cause },
    {
      code: 'TOOL_FAILED',
      message: 'said [redacted]',
      details: { text: '[redacted]' },
      retryable: true,
      cause: undefined,
    },
  )
})

test('a secret of several lines is hidden line by line, and short values are none', () => {
  const secrets = createKnownSecrets()
  secrets.add('first-line-of-it\nsecond-line-of-it\n')
  secrets.add('yes')
  assert.equal(secrets.hide('yes: second-line-of-it'), 'yes: [redacted]')
})

test('while none is known, an error stays what it is', () => {
  const error = new PolisError('TOOL_FAILED', 'x')
  assert.equal(createKnownSecrets().hideInError(error), error)
})
