import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PolisError } from '../../core/error.ts'
import { terms } from '../fake/test-bed.ts'
import { afterFailure } from './retry.ts'

const plain = new Error('x')

describe('after a failure', () => {
  it('read and idempotent steps have three attempts, once steps one', () => {
    assert.equal(afterFailure(terms(), 'read', 2, plain, 0).kind, 'retry')
    assert.equal(afterFailure(terms(), 'idempotent', 3, plain, 0).kind, 'fail')
    assert.equal(afterFailure(terms(), 'once', 1, plain, 0).kind, 'fail')
    assert.equal(afterFailure(terms({ attempts: 2 }), 'once', 1, plain, 0).kind, 'retry')
  })

  it('the delay grows by its factor up to its most', () => {
    const growing = terms({ attempts: 99, delay: 100, factor: 3, maxDelay: 1000 })
    const delays = [1, 2, 3, 4, 80].map((attempt) => afterFailure(growing, 'read', attempt, plain, 0.5))
    assert.deepEqual(
      delays.map((next) => next.kind === 'retry' && next.delay),
      [100, 300, 900, 1000, 1000],
    )
  })

  it('jitter takes any part of the delay', () => {
    const jittered = terms({ delay: 1000, maxDelay: 1000, jitter: true })
    const delays = [0, 0.25, 0.999].map((random) => afterFailure(jittered, 'read', 1, plain, random))
    assert.deepEqual(
      delays.map((next) => next.kind === 'retry' && next.delay),
      [0, 250, 999],
    )
  })

  it('a once step of unknown outcome is never repeated by itself (G3)', () => {
    const late = new PolisError('STEP_TIMEOUT', 'late')
    assert.equal(afterFailure(terms({ attempts: 5 }), 'once', 1, late, 0).kind, 'fail')
    assert.equal(afterFailure(terms({ attempts: 5 }), 'read', 1, late, 0).kind, 'retry')
  })

  it('an error that says that it will not pass is not repeated, one that asks for time gets it', () => {
    assert.equal(afterFailure(terms(), 'read', 1, new PolisError('INVALID_ARGUMENT', 'x'), 0).kind, 'fail')
    const asks = new PolisError('STEP_FAILED', 'x', { details: { retryAfter: 5000 } })
    assert.deepEqual(afterFailure(terms(), 'read', 1, asks, 0), { kind: 'retry', delay: 5000 })
    const odd = new PolisError('STEP_FAILED', 'x', { details: { retryAfter: Number.NaN } })
    assert.deepEqual(afterFailure(terms(), 'read', 1, odd, 0), { kind: 'retry', delay: 10 })
  })
})
