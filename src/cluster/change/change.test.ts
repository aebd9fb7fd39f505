import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { changeOf, removalOf } from './change.ts'
import { diffLines } from './diff-lines.ts'

const META = { name: 'it', namespace: 'shop' }
const live = (kind: string, rest: object, more: object = {}) => ({
  ...{ apiVersion: 'v1', kind, metadata: { ...META, uid: 'u', resourceVersion: '7', managedFields: [], ...more } },
  ...rest,
})

suite('What applying would change', () => {
  test('is nothing where only what the API server writes itself differs', () => {
    const before = live(
      'ConfigMap',
      { data: { a: '1' }, status: { x: 1 } },
      { generation: 4, creationTimestamp: 'then' },
    )
    assert.equal(
      changeOf(before, { data: { a: '1' }, metadata: META, kind: 'ConfigMap', apiVersion: 'v1' }).kind,
      'none',
    )
  })

  test('shows as a unified diff', () => {
    const change = changeOf(live('ConfigMap', { data: { a: '1', b: '2' } }), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: META,
      data: { a: '1', b: '3' },
    })
    assert.equal(change.kind, 'update')
    assert.deepEqual(change.lines.slice(-3), ['   a: "1"', '-  b: "2"', '+  b: "3"'])
  })

  test('never shows the value of a secret', () => {
    const before = live('Secret', { data: { password: 'b2xkLXNlY3JldA==' } })
    const next = { apiVersion: 'v1', kind: 'Secret', metadata: META, data: { password: 'bmV3LXNlY3JldA==' } }
    for (const change of [changeOf(before, next), changeOf(undefined, next), removalOf(before)]) {
      assert.doesNotMatch(change.lines.join('\n'), /c2VjcmV0|LXNlY/)
      assert.notEqual(change.kind, 'none')
      assert.ok(change.lines.length > 0)
    }
  })
})

suite('A diff of lines', () => {
  test('is empty for the same text', () => {
    assert.deepEqual(diffLines(['a', 'b'], ['a', 'b']), [])
  })

  test('keeps three lines around, and parts what lies far from one another', () => {
    const before = Array.from({ length: 20 }, (_, index) => `line ${index}`)
    const after = before.with(2, 'other').with(17, 'another')
    const lines = diffLines(before, after)
    assert.deepEqual(
      lines.filter((line) => line.startsWith('@@')),
      ['@@ -1,6 +1,6 @@', '@@ -15,6 +15,6 @@'],
    )
  })

  test('of long texts takes neither their square of memory nor of time', () => {
    const before = Array.from({ length: 60_000 }, (_, index) => `old ${index}`)
    assert.equal(diffLines(before, before.with(30_000, 'new')).length, 9)
    const after = before.map((line) => line.replace('old', 'new'))
    const lines = diffLines(['same', ...before, 'end'], ['same', ...after, 'end'])
    assert.equal(lines[0], '@@ -1,60002 +1,60002 @@')
    assert.equal(lines.length, 120_003)
  })

  test('turns one text into the other', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffLines(before, after)
        const signed = (sign: string) => lines.filter((line) => line.startsWith(sign)).length
        assert.equal(before.length - signed('-') + signed('+'), after.length)
        if (lines.length === 0) assert.deepEqual(before, after)
      }),
    )
  })
})
