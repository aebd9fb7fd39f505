import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ERRORS, PolisError, type SerializedError } from './error.ts'
import { type ErrorRow, EXIT_CODES, GRPC_NUMBER } from './error-code.ts'

describe('the error table', () => {
  it('maps every code to something that each surface knows', () => {
    for (const [code, row] of Object.entries<ErrorRow>(ERRORS)) {
      assert.match(code, /^[A-Z]+(_[A-Z]+)*$/)
      assert.ok(row.status >= 400 && row.status <= 599, code)
      assert.ok(row.grpc in GRPC_NUMBER, code)
      assert.ok(row.exit in EXIT_CODES, code)
      assert.ok(row.jsonRpc >= -32768 && row.jsonRpc <= -32000, code)
      assert.match(row.title, /^[A-Z].*[^.]$/)
    }
  })
})

describe('PolisError', () => {
  it('takes from the table whether it can be retried, unless told', () => {
    assert.equal(new PolisError('STORE_BUSY', 'busy').retryable, true)
    assert.equal(new PolisError('TOOL_FAILED', 'failed').retryable, false)
    assert.equal(new PolisError('TOOL_FAILED', 'failed', { retryable: true }).retryable, true)
  })

  it('lets an error of ours through from(), and keeps anything else as its cause', () => {
    const ours = new PolisError('NOT_FOUND', 'gone')
    assert.equal(PolisError.from(ours, 'TIMEOUT'), ours)
    const cause = new TypeError('bad')
    const made = PolisError.from(cause, 'STEP_FAILED')
    assert.deepEqual([made.code, made.message, made.cause, made.origin], ['STEP_FAILED', 'bad', cause, 'TypeError'])
  })

  it('finds words for whatever was thrown', () => {
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    const messages = ['text', '', undefined, null, 7, { a: 1 }, cycle, 1n, Symbol('s'), new Error('')].map(
      (reason) => PolisError.from(reason).message,
    )
    assert.deepEqual(messages, [
      'text',
      'Failed with ""',
      'Failed without a reason',
      'Failed without a reason',
      'Failed with 7',
      'Failed with {"a":1}',
      'Failed with a value of type object',
      'Failed with a value of type bigint',
      'Failed with Symbol(s)',
      'Error',
    ])
  })

  it('comes back from JSON as it was, without its stack', () => {
    const error = new PolisError('TOOL_FAILED', 'no', {
      cause: new RangeError('x'),
      details: { tool: 'read' },
      retryable: true,
    })
    const json = JSON.parse(JSON.stringify(error)) as SerializedError
    assert.deepEqual(json, {
      code: 'TOOL_FAILED',
      message: 'no',
      details: { tool: 'read' },
      name: 'RangeError',
      retryable: true,
    })
    assert.deepEqual(PolisError.fromJSON(json).toJSON(), json)
  })

  it('never serialises a secret', () => {
    const error = new PolisError('FORBIDDEN', 'refused Bearer abcdefghijklmnop', {
      details: { apiKey: 'k', headers: { Authorization: 'Basic eA==' }, url: 'https://me:hunter2@example.com/' },
    })
    assert.deepEqual(error.toJSON(), {
      code: 'FORBIDDEN',
      message: 'refused Bearer [redacted]',
      details: {
        apiKey: '[redacted]',
        headers: { Authorization: '[redacted]' },
        url: 'https://me:[redacted]@example.com/',
      },
    })
  })

  it('reads a code of a newer version as INTERNAL and keeps it', () => {
    const error = PolisError.fromJSON({ code: 'FROM_TOMORROW', message: 'm' } as unknown as SerializedError)
    assert.deepEqual([error.code, error.details], ['INTERNAL', { unknownCode: 'FROM_TOMORROW' }])
  })
})
