import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../core/random.ts'
import { formatTraceparent, parseTraceparent, startSpan } from './trace.ts'

const VALID = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

describe('traceparent', () => {
  it('is read and written as W3C Trace Context says', () => {
    const context = parseTraceparent(VALID)
    assert.deepEqual(context, {
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
      sampled: true,
    })
    assert.equal(context && formatTraceparent(context), VALID)
    assert.equal(parseTraceparent(VALID.replace(/^00/, 'cc').concat('-more'))?.spanId, '00f067aa0ba902b7')
  })

  it('is ignored when it is not valid', () => {
    const wrong = [
      '',
      'x',
      VALID.toUpperCase(),
      `${VALID}-more`,
      VALID.replace(/^00/, 'ff'),
      VALID.replace(/4bf\w+/, '0'.repeat(32)),
      VALID.replace(/00f0\w+/, '0'.repeat(16)),
    ]
    for (const header of [undefined, ...wrong]) assert.equal(parseTraceparent(header), undefined, header ?? 'none')
  })

  it('begins a trace, and continues one', () => {
    const random = seededRandom(1)
    const root = startSpan(random)
    const child = startSpan(random, { ...root, sampled: false })
    assert.deepEqual(parseTraceparent(formatTraceparent(root)), root)
    assert.equal(child.traceId, root.traceId)
    assert.notEqual(child.spanId, root.spanId)
    assert.equal(child.sampled, false)
  })
})
