import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSlash } from './slash-command.ts'

test('Lines that begin with a slash are commands, with what follows as their argument', () => {
  assert.deepEqual(parseSlash('/help'), { kind: 'help' })
  assert.deepEqual(parseSlash('/new'), { kind: 'new', session: undefined })
  assert.deepEqual(parseSlash('/new lesson-1 '), { kind: 'new', session: 'lesson-1' })
  assert.deepEqual(parseSlash('/title Invoices of May'), { kind: 'title', title: 'Invoices of May' })
  assert.deepEqual(parseSlash('/attach a b.txt'), { kind: 'attach', file: 'a b.txt' })
  for (const text of ['Hello', '//etc', ' /help']) assert.equal(parseSlash(text), undefined)
})

test('A command that there is not names the one that was meant; one without its argument says how it is used', () => {
  assert.throws(() => parseSlash('/titl x'), { code: 'INVALID_ARGUMENT', message: /did you mean \/title\?/ })
  assert.throws(() => parseSlash('/title'), { code: 'INVALID_ARGUMENT', message: /\/title TEXT/ })
})
