import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { catalogued } from '../../src/model/catalogue.ts'

const root = join(import.meta.dirname, '../..')
const places = ['README.md', 'docs/guide/*.md', 'examples/*/*.{md,ts}', 'examples/*/agents/*.ts', 'src/cli/init/*.ts']

test('Every model of a vendor that guides and examples name has a known price and a bound, which budgets want', () => {
  const named = globSync(places, { cwd: root }).flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/\b(openai|anthropic)\/((?:gpt|claude)-[\w.-]+)/g)].map(
      ([, kind, model = '']) => ({ page, model, known: catalogued(kind as 'openai' | 'anthropic', model, false) }),
    ),
  )
  assert.ok(named.length > 10)
  const unknown = named.filter(({ known }) => known.price === undefined || known.maxOutputTokens === undefined)
  assert.deepEqual(unknown, [])
})
