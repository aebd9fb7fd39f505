import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerText, isScripted, withDelta } from './model-step.ts'

const answer = { content: [{ type: 'text', text: 'Hello' }], finish: 'stop', usage: {} }

test('an answer shows as its text and the tools that it calls, and says that it is scripted', () => {
  assert.equal(answerText(answer), 'Hello')
  const calls = { ...answer, content: [...answer.content, { type: 'tool-call', name: 'look' }], scripted: true }
  assert.equal(answerText(calls), '(scripted) Hello → look')
  assert.equal(answerText({ content: 'page' }), undefined)
  assert.equal(isScripted(calls), true)
  assert.equal(isScripted({ scripted: true }), false)
})

test('a streamed answer shows its end, its text alone', () => {
  const pieces = ['Once upon ', 'a time there was a very long sentence ', 'that nobody could see whole']
  const shown = pieces.reduce((text, piece) => withDelta(text, { type: 'text', text: piece }), '')
  assert.equal(shown.length, 60)
  assert.match(shown, /^….*that nobody could see whole$/)
  assert.equal(withDelta('a', { type: 'tool-call', text: '{"x"' }), 'a')
  assert.equal(withDelta('a', 'b'), 'ab')
})
