import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { ModelMessage } from '../../core/model.ts'
import { cutOf } from './compact.ts'
import { toolCall } from './fake/fake-models.ts'
import { userText } from './message.ts'

const answer: ModelMessage = { role: 'assistant', content: [{ type: 'text', text: 'yes' }] }
const called: ModelMessage = { role: 'assistant', content: [toolCall('look', {}, 'a')] }
const result: ModelMessage = {
  role: 'tool',
  content: [{ type: 'tool-result', id: 'a', name: 'look', output: { kind: 'text', value: 'ok' } }],
}
const turns = fc.array(fc.constantFrom([userText('go')], [answer], [called, result]), { minLength: 1 })

describe('where a history is cut', () => {
  it('is never between a call and its result, and keeps the newest turns that fit, at least one', () => {
    fc.assert(
      fc.property(turns, fc.integer({ min: 0, max: 30 }), (list, most) => {
        const messages = list.flat()
        const cut = cutOf(messages, () => 1, most)
        const kept = messages.slice(cut)
        assert.notEqual(kept[0]?.role, 'tool')
        assert.ok(kept.length >= (list.at(-1)?.length ?? 0))
        if (kept.length > (list.at(-1)?.length ?? 0)) assert.ok(kept.length <= most)
        if (messages.length <= most) assert.equal(cut, 0)
      }),
    )
  })
})
