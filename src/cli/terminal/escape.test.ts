import assert from 'node:assert/strict'
import { test } from 'node:test'
import { escapeLines, escapeText } from './escape.ts'

test('what a terminal would act upon is made visible', () => {
  assert.equal(escapeText('a\x1b[31mred\x1b]0;title\x07'), 'a\\x1b[31mred\\x1b]0;title\\x07')
  assert.equal(escapeText('one\ntwo\r\tthree\x7f\x9b'), 'one\\ntwo\\r\\tthree\\x7f\\x9b')
})

test('marks that turn the direction of text, and halves of pairs, are made visible', () => {
  assert.equal(escapeText('abc\u202edcba\u2066'), 'abc\\u202edcba\\u2066')
  assert.equal(escapeText('half \ud83d'), 'half \\ud83d')
})

test('every other text stays as it is', () => {
  for (const text of ['plain', 'Grüße', '日本語', '👩‍👩‍👧 family', 'שלום']) assert.equal(escapeText(text), text)
})

test('lines stay lines where several are shown', () => {
  assert.equal(escapeLines('a\r\nb\tc\x1b[2J'), 'a\nb  c\\x1b[2J')
})
