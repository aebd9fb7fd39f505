import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFakeIo } from '../fake/io.ts'
import { createStyle } from './style.ts'

const coloured = (tty: boolean, env: Record<string, string>) => createStyle(createFakeIo({ tty }).stdout, env).enabled

test('colours are for terminals', () => {
  assert.equal(coloured(true, {}), true)
  assert.equal(coloured(false, {}), false)
  assert.equal(coloured(true, { TERM: 'dumb' }), false)
})

test('NO_COLOR turns colours off unless it is empty, and FORCE_COLOR on', () => {
  assert.equal(coloured(true, { NO_COLOR: '1' }), false)
  assert.equal(coloured(true, { NO_COLOR: '' }), true)
  assert.equal(coloured(false, { FORCE_COLOR: '1' }), true)
  assert.equal(coloured(true, { FORCE_COLOR: '0' }), false)
})

test('without colours a text is left as it is', () => {
  const style = createStyle(createFakeIo().stdout, {})
  assert.equal(style.red('text'), 'text')
  assert.equal(createStyle(createFakeIo({ tty: true }).stdout, {}).red('text'), '\x1b[31mtext\x1b[39m')
})
