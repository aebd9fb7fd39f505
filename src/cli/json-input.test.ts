import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { PolisError } from '../core/error.ts'
import { createFakeIo } from './fake/io.ts'
import { parseJson, readInput, readJson } from './json-input.ts'
import { mistakeIn } from './json-mistake.ts'

const refused = (message: string) => (reason: unknown) => {
  assert.ok(reason instanceof PolisError)
  assert.equal(reason.code, 'INVALID_ARGUMENT')
  assert.equal(reason.message, message)
  return true
}

test('bad JSON is refused with the place of the mistake', () => {
  const cases = {
    '{"a": tru}': `--input: expected JSON, got 'tru}' at line 1, column 7`,
    '{\n  "a": 1,\n  b: 2\n}': `--input: expected JSON, got 'b: 2\n}' at line 3, column 3`,
    '{"a": 1': '--input: expected JSON, but it ends too early at line 1, column 8',
    '': '--input: expected JSON, got nothing',
    '[1,]': `--input: expected JSON, got ']' at line 1, column 4`,
    '{} {}': `--input: expected JSON, got '{}' at line 1, column 4`,
    "{'a':1}": `--input: expected JSON, got ''a':1}' at line 1, column 2`,
    '["a\\x"]': `--input: expected JSON, got '"a\\x"]' at line 1, column 2`,
    '01': `--input: expected JSON, got '01' at line 1, column 1`,
    hello: `--input: expected JSON, got 'hello' at line 1, column 1`,
  }
  for (const [text, message] of Object.entries(cases)) assert.throws(() => parseJson(text, '--input'), refused(message))
})

test('input comes from the argument, from a file, or from standard input', async (context) => {
  const cwd = await mkdtemp(join(tmpdir(), 'polis-cli-'))
  context.after(() => rm(cwd, { recursive: true }))
  await writeFile(join(cwd, 'in.json'), '{"from":"file"}')
  const io = createFakeIo({ cwd, stdin: '{"from":"stdin"}' })
  assert.deepEqual(await readJson('{"from":"argument"}', '--input', io), { from: 'argument' })
  assert.deepEqual(await readJson('@in.json', '--input', io), { from: 'file' })
  assert.deepEqual(await readJson('-', '--input', io), { from: 'stdin' })
})

test('a file that cannot be read is named, with the reason', async () => {
  const io = createFakeIo({ cwd: tmpdir() })
  const missing = '--input: expected @FILE to name a file that can be read, got no-such.json: there is no such file'
  await assert.rejects(readJson('@no-such.json', '--input', io), refused(missing))
  await assert.rejects(readJson('@.', '--input', io), /it is a directory/)
})

test('a text that is JSON has no mistake', () => {
  for (const text of ['{}', '[]', ' [1, -2.5e3, "a\\u00e9\\"", {"b": [null, true]}] ', '"x"', '0']) {
    JSON.parse(text)
    assert.equal(mistakeIn(text), text.length, text)
  }
})

test('an input is a text where it does not begin as JSON does', async () => {
  const io = createFakeIo({ cwd: tmpdir(), stdin: 'Tell me more.\n' })
  for (const said of ['What is new?', 'true story', "it's 5", '3 apples', '(hm)']) {
    assert.equal(await readInput(said, '--input', io), said)
  }
  assert.deepEqual(await readInput('{"a":1}', '--input', io), { a: 1 })
  assert.equal(await readInput('"quoted"', '--input', io), 'quoted')
  assert.equal(await readInput('42', '--input', io), 42)
  assert.equal(await readInput('-', '--input', io), 'Tell me more.\n')
  await assert.rejects(readInput('{name: x}', '--input', io), { message: /expected JSON/ })
  await assert.rejects(readInput('', '--input', io), { message: /got nothing/ })
})
