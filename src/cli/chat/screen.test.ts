import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFakeIo } from '../fake/io.ts'
import { createStyle } from '../terminal/style.ts'
import { createScreen } from './screen.ts'

const base = { run: 'r', time: 1 }

function open() {
  const io = createFakeIo()
  return { screen: createScreen(io.stdout, createStyle(io.stdout, {})), out: io.out }
}

test('An answer is written as it comes, completed from its record, and labelled where it is scripted', () => {
  const { screen, out } = open()
  screen.delta('model', 'It is ')
  screen.delta('model', 'su')
  screen.message({ ...base, role: 'assistant', text: 'It is sunny.', scripted: true })
  assert.equal(out(), 'It is sunny. [scripted]\n')
})

test('An answer of which nothing came before, or something else, is written whole', () => {
  const { screen, out } = open()
  screen.message({ ...base, role: 'assistant', text: 'One' })
  screen.delta('model', 'Tw')
  screen.reset('model')
  screen.delta('model', 'Three')
  screen.message({ ...base, role: 'assistant', text: 'Four' })
  assert.equal(out(), 'One\nTw\n… once more\nThree\nFour\n')
})

test('Tools are told as they are called and as they end, also under the name of their step', () => {
  const { screen, out } = open()
  screen.message({ ...base, role: 'tool', name: 'files_read', text: '{"path":"a"}' })
  screen.toolEnded('model', 5, undefined)
  screen.toolEnded('files.read', 1200, undefined)
  screen.message({ ...base, role: 'tool', name: 'pay', text: '' })
  screen.toolEnded('pay', 10, 'declined')
  assert.equal(out(), '  → files_read {"path":"a"}\n  ✓ files_read  1.2s\n  → pay\n  ✗ pay  10ms  declined\n')
})

test('What a terminal would act upon is made visible, whoever said it', () => {
  const { screen, out } = open()
  screen.delta('model', 'a\x1b[2Jb')
  screen.message({ ...base, role: 'user', text: '\x07hi', by: 'eve\r' })
  assert.equal(out(), 'a\\x1b[2Jb\neve\\r › \\x07hi\n')
})
