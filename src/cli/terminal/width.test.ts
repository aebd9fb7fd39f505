import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pad, textWidth, truncate } from './width.ts'

test('wide characters and emoji take two cells, combining marks none', () => {
  const widths = {
    abc: 3,
    Grüße: 5,
    日本語: 6,
    '👩‍👩‍👧': 2,
    '🇩🇪': 2,
    'e\u0301': 1,
    ｆｕｌｌ: 8,
    한글: 4,
    '❤️': 2,
    '✓': 1,
  }
  for (const [text, width] of Object.entries(widths)) assert.equal(textWidth(text), width, text)
})

test('a text that fits is not cut', () => {
  assert.equal(truncate('日本語', 6), '日本語')
  assert.equal(truncate('abc', 3), 'abc')
})

test('a text that does not fit is cut before the ellipsis, never within a character', () => {
  assert.equal(truncate('abcdef', 4), 'abc…')
  assert.equal(truncate('日本語', 5), '日本…')
  assert.equal(truncate('日本語', 4), '日…')
  assert.equal(truncate('a👩‍👩‍👧b', 2), 'a…')
  assert.equal(truncate('anything', 1), '…')
  assert.equal(truncate('anything', 0), '')
})

test('a cut text is never wider than asked', () => {
  const text = 'ab日c👩‍👩‍👧e\u0301한🇩🇪z'
  for (let cells = 0; cells < 20; cells++) assert.ok(textWidth(truncate(text, cells)) <= cells, String(cells))
})

test('padding counts cells, not characters', () => {
  assert.equal(pad('日', 4), '日  ')
  assert.equal(pad('7', 3, 'end'), '  7')
})
