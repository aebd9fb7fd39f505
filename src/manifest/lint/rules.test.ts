import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fixFiles } from './fix.ts'
import { type LintOptions, lint } from './lint.ts'
import type { Rule } from './rule.ts'
import { RULES } from './rules.ts'
import type { SourceFile } from './source.ts'
import { createCatalogue } from './world/metric-catalogue.ts'
import { scanSource } from './world/scan-source.ts'

const FIXTURES = join(import.meta.dirname, 'fixture')
const SOURCE = join(import.meta.dirname, 'world/code/fixture')
const SOURCES = readdirSync(SOURCE).map((name) => ({ name, text: readFileSync(join(SOURCE, name), 'utf8') }))
const now = new Date('2026-11-26T00:00:00Z')

describe('rules', () => {
  for (const rule of RULES) {
    it(`${rule.id} fires on each marked line of its bad fixture, and nowhere else`, () => {
      const bad = fixtureOf(rule, 'bad')
      const found = lint([bad], aroundOf(rule)).reports
      assert.deepEqual(
        [...new Set(found.map(({ line }) => line))],
        markedLines(bad.text),
        JSON.stringify(found.map((it) => [it.line, it.message])),
      )
      assert.ok(found.length > 0)
    })

    it(`${rule.id} is silent on its good fixture`, () => {
      const found = lint([fixtureOf(rule, 'good')], aroundOf(rule)).reports
      assert.deepEqual(
        found.map(({ line, message }) => [line, message]),
        [],
      )
    })

    it(`${rule.id} is answered by its fix, where it has one`, () => {
      const bad = fixtureOf(rule, 'bad')
      const found = lint([bad], aroundOf(rule)).reports
      const [fixed] = fixFiles(found)
      const left = lint([{ ...bad, text: fixed?.text ?? bad.text }], aroundOf(rule)).reports
      assert.equal(left.length, found.filter(({ fix }) => fix === undefined).length)
    })
  }

  it('each have a name of their own, a page to read and a sentence that explains', () => {
    assert.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length)
    for (const { id, explanation, source, title } of RULES) {
      assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/)
      assert.match(source, /^https:\/\/\S+$/)
      assert.match(explanation, /\.$/)
      assert.doesNotMatch(title, /\.$/)
    }
  })

  it('are all there is a fixture for, and a file for', () => {
    const ids = RULES.map(({ id }) => id).toSorted()
    const files = readdirSync(join(import.meta.dirname, 'rule')).map((file) => file.replace(/\.ts$/, ''))
    assert.deepEqual(files.toSorted(), ids)
    assert.deepEqual(readdirSync(FIXTURES).toSorted(), ids)
  })
})

function fixtureOf({ id }: Rule, name: 'good' | 'bad'): SourceFile {
  const path = join(FIXTURES, id, `${name}.yaml`)
  assert.ok(existsSync(path), `${path} is missing`)
  return { name: `${name}.yaml`, text: readFileSync(path, 'utf8') }
}

/** With the metrics of a shop, whose source is in three languages. */
function aroundOf(rule: Rule): LintOptions {
  return { now, rules: [rule], metrics: createCatalogue(scanSource(SOURCES).metrics) }
}

/** Lines that end with `#!`. */
function markedLines(text: string): readonly number[] {
  return text.split('\n').flatMap((line, index) => (line.endsWith('#!') ? [index + 1] : []))
}
