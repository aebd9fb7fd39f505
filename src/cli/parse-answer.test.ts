import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerHint, parseAnswer } from './parse-answer.ts'

test('a boolean is answered with yes or no', () => {
  for (const text of ['y', 'yes', 'TRUE', ' ok ']) assert.equal(parseAnswer(text, { type: 'boolean' }), true)
  for (const text of ['n', 'No', 'false']) assert.equal(parseAnswer(text, { type: 'boolean' }), false)
  assert.throws(() => parseAnswer('maybe', { type: 'boolean' }), /expected yes or no, got 'maybe'/)
})

test('a string is the text itself, or a JSON string', () => {
  assert.equal(parseAnswer('two words', { type: 'string' }), 'two words')
  assert.equal(parseAnswer('42', { type: 'string' }), '42')
  assert.equal(parseAnswer('"a\\nb"', { type: 'string' }), 'a\nb')
})

test('an enum takes one of its values', () => {
  const schema = { enum: ['red', 'green', 3] }
  assert.equal(parseAnswer('red', schema), 'red')
  assert.equal(parseAnswer('3', schema), 3)
  assert.throws(
    () => parseAnswer('blue', schema),
    /expected one of red, green, 3; got 'blue'|expected one of red, green, 3, got 'blue'/,
  )
  assert.equal(answerHint(schema), 'red/green/3')
})

test('everything else is JSON, and where anything fits a text is a text', () => {
  assert.deepEqual(parseAnswer('{"a":1}', { type: 'object' }), { a: 1 })
  assert.equal(parseAnswer('7', { type: 'number' }), 7)
  assert.throws(() => parseAnswer('seven', { type: 'number' }), /answer: expected JSON/)
  assert.equal(parseAnswer('seven', {}), 'seven')
  assert.equal(parseAnswer('7', true), 7)
})

test('of an object with one property the value will do', () => {
  const schema = { type: 'object', properties: { approved: { type: 'boolean' } }, required: ['approved'] }
  assert.deepEqual(parseAnswer('yes', schema), { approved: true })
  assert.deepEqual(parseAnswer('{"approved":false}', schema), { approved: false })
  assert.equal(answerHint(schema), 'y/n')
  const two = { type: 'object', properties: { a: {}, b: {} } }
  assert.throws(() => parseAnswer('yes', two), /expected JSON/)
})
