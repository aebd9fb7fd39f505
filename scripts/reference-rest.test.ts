import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { OPERATIONS } from '../src/core/route/operation.ts'
import { renderRest } from './reference-rest.ts'

const page = await readFile(join(import.meta.dirname, '../docs/reference/rest.md'), 'utf8')

test('docs/reference/rest.md is what the tables say; else run node scripts/reference-rest.ts', () => {
  assert.equal(page, renderRest())
})

test('the page has every operation, and no other', () => {
  const described = [...page.matchAll(/^### `(\w+ \/\S*)`$/gm)].map(([, line]) => line)
  const served = Object.values(OPERATIONS).map(({ method, path }) => `${method} ${path}`)
  assert.deepEqual(described.sort(), served.sort())
})
