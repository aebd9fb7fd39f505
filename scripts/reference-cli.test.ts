import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { describeProgram } from '../src/cli/describe-program.ts'
import { commandsOf, fullName, renderCli } from './reference-cli.ts'

const page = await readFile(join(import.meta.dirname, '../docs/reference/cli.md'), 'utf8')

test('docs/reference/cli.md is what the commands say; else run node scripts/reference-cli.ts', () => {
  assert.equal(page, renderCli())
})

test('the page has every command, and no other', () => {
  const described = [...page.matchAll(/^## `(polis(?: [a-z]+)+)/gm)].map(([, name]) => name)
  assert.deepEqual(described.sort(), commandsOf(describeProgram()).map(fullName).sort())
})

test('every option of every command is described, and no other', () => {
  const program = describeProgram()
  const flags = [program, ...commandsOf(program)].flatMap(({ options }) => options.map((option) => option.flags))
  const described = [...page.matchAll(/^- `(-[^`]+)`:/gm)].map(([, option]) => option)
  assert.deepEqual(described.sort(), flags.sort())
})
