import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PolisError } from '../core/error.ts'
import { toModelError } from './model-error.ts'

function convert(failure: object): PolisError {
  const error = toModelError(failure, 'openai/m', 0)
  assert.ok(error instanceof PolisError)
  return error
}

test('What may pass is told from what will not, by the status that the library tells', () => {
  assert.equal(convert({ status: 503, message: 'busy' }).code, 'MODEL_UNAVAILABLE')
  assert.equal(convert({ status: 429 }).code, 'MODEL_UNAVAILABLE')
  assert.equal(convert({ status: 400 }).code, 'MODEL_FAILED')
  assert.equal(convert({ status: 429, code: 'insufficient_quota' }).code, 'MODEL_FAILED')
  const { message, details } = convert({ statusCode: 401, message: 'no key' })
  assert.match(message, /^Model openai\/m: .*\(no key\)/)
  assert.deepEqual([details.status, details.received], [401, false])
})

test('An answer that cannot be read may pass, and may have been charged', () => {
  const { code, details } = convert({ statusCode: 200, message: 'Invalid JSON response' })
  assert.deepEqual([code, details.reason, details.received], ['MODEL_UNAVAILABLE', 'malformed', true])
})

test('A connection that was never made has reached nobody', () => {
  const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
  const { code, details } = convert(new Error('Connection error.', { cause }))
  assert.deepEqual([code, details.sent], ['MODEL_UNAVAILABLE', false])
})

test('How long the provider asks to wait is kept, in whatever form its headers are', () => {
  assert.equal(convert({ status: 429, headers: new Headers({ 'retry-after': '2' }) }).details.retryAfter, 2000)
  assert.equal(convert({ status: 429, responseHeaders: { 'retry-after-ms': '150' } }).details.retryAfter, 150)
  assert.equal(convert({ status: 429, headers: { 'retry-after': 'soon' } }).details.retryAfter, undefined)
})

test('What the library holds of the request is not kept', () => {
  const error = convert(Object.assign(new Error('no'), { status: 400, requestBodyValues: { prompt: 'secret' } }))
  assert.equal(error.cause, undefined)
  assert.doesNotMatch(JSON.stringify(error), /secret/)
})

test('What has neither a status nor a code of the network stays what it is', () => {
  const unknown = new TypeError('no such thing')
  assert.equal(toModelError(unknown, 'openai/m', 0), unknown)
  const ours = new PolisError('CANCELLED', 'no')
  assert.equal(toModelError(ours, 'openai/m', 0), ours)
})
