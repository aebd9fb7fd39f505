import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PolisError } from '../core/error.ts'
import { toModelError } from './model-error.ts'

function convert(failure: object): PolisError {
  const error = toModelError(failure, 'openai/m')
  assert.ok(error instanceof PolisError)
  return error
}

test('What may pass is told from what will not, by the word of the library or by the status', () => {
  assert.equal(convert({ status: 503, message: 'busy' }).code, 'MODEL_UNAVAILABLE')
  assert.equal(convert({ status: 429 }).code, 'MODEL_UNAVAILABLE')
  assert.equal(convert({ status: 400 }).code, 'MODEL_FAILED')
  assert.equal(convert({ statusCode: 409, isRetryable: true }).code, 'MODEL_UNAVAILABLE')
  assert.match(convert({ status: 401, message: 'no key' }).message, /openai\/m answered 401: no key/)
})

test('How long the provider asks to wait is kept, in whatever form its headers are', () => {
  assert.equal(convert({ status: 429, headers: new Headers({ 'retry-after': '2' }) }).details.retryAfter, 2000)
  assert.equal(convert({ status: 429, responseHeaders: { 'retry-after-ms': '150' } }).details.retryAfter, 150)
  assert.equal(convert({ status: 429, headers: { 'retry-after': 'soon' } }).details.retryAfter, undefined)
})

test('What has no status stays what it is', () => {
  const network = new TypeError('fetch failed')
  assert.equal(toModelError(network, 'openai/m'), network)
  const ours = new PolisError('CANCELLED', 'no')
  assert.equal(toModelError(ours, 'openai/m'), ours)
})
