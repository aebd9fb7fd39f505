import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createLineSplitter } from './line-splitter.ts'
import { createTail } from './tail.ts'

test('However the bytes are cut, the same lines come out', () => {
  const text = fc.string({ unit: 'binary' }).map((part) => part.replace(/[\r\n]/g, ''))
  fc.assert(
    fc.property(fc.array(text), fc.array(fc.nat(40)), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
      const splitter = createLineSplitter(1_000_000)
      const found: string[] = []
      let at = 0
      for (const cut of [...cuts, bytes.byteLength]) {
        found.push(...splitter.push(bytes.subarray(at, at + cut)))
        at += cut
      }
      assert.deepEqual(
        found,
        lines.map((line) => Buffer.from(line).toString()),
      )
    }),
  )
})

test('A carriage return before the line break is dropped', () => {
  assert.deepEqual(createLineSplitter(10).push(Buffer.from('a\r\n\r\nb\n')), ['a', '', 'b'])
})

test('A line over the limit is refused, whether it comes at once or in pieces', () => {
  assert.throws(() => createLineSplitter(3).push(Buffer.from('abcd')), RangeError)
  const splitter = createLineSplitter(3)
  splitter.push(Buffer.from('abc\nab'))
  assert.throws(() => splitter.push(Buffer.from('cd\n')), RangeError)
})

test('A tail keeps the last lines, and little of long ones', () => {
  const seen: string[] = []
  const tail = createTail(
    (line) => seen.push(line),
    (text) => text,
  )
  for (let line = 0; line < 100; line++) tail.push(Buffer.from(`line ${line}\n\n`))
  tail.push(Buffer.from('é'.repeat(1000)))
  assert.equal(seen.length, 100)
  const lines = tail.text().split(' | ')
  assert.equal(lines.length, 25)
  assert.equal(lines.at(-2), 'line 99')
  assert.equal(lines.at(-1)?.length, 300)
})
