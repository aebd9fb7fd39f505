import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Answer, readAnswer } from './answer.ts'
import { createPacker, type Value } from './pack.ts'

describe('packing', () => {
  it('writes what an answer reads', () => {
    const packer = createPacker()
    const leaf = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.double({ noNaN: true }).map((number) => number + 0),
      fc.maxSafeInteger(),
    )
    const values = fc.oneof(leaf, fc.array(fc.oneof(leaf, fc.array(leaf, { maxLength: 20 })), { maxLength: 20 }))
    fc.assert(
      fc.property(values, (value) => {
        packer.cut(0)
        packer.value(value)
        assert.deepEqual(read(readAnswer(packer.take())), value)
      }),
      { numRuns: 50 },
    )
  })

  it('writes bytes, and text with bytes after it, as one string', () => {
    const packer = createPacker()
    packer.joined('head\n', Uint8Array.of(0, 255))
    packer.value(new Uint8Array(70_000))
    const answer = readAnswer(packer.take())
    assert.deepEqual(answer.bytes(), Uint8Array.from([...Buffer.from('head\n'), 0, 255]))
    assert.equal(answer.bytes().length, 70_000)
  })

  it('writes an array whose length comes last', () => {
    const packer = createPacker()
    const setLength = packer.openArray()
    packer.number(1)
    packer.text('two')
    setLength(2)
    assert.deepEqual(read(readAnswer(packer.take())), [1, 'two'])
  })

  it('leaves out of a map what is undefined', () => {
    const packer = createPacker()
    packer.value({ code: 'CONFLICT', none: undefined })
    assert.deepEqual(readAnswer(packer.take()).pairs(), [['code', 'CONFLICT']])
  })
})

describe('an answer', () => {
  it('passes over any value, and goes back', () => {
    const packer = createPacker()
    packer.value([['text', 300, true], { name: 'x'.repeat(300) }, 'last'])
    const answer = readAnswer(packer.take())
    assert.equal(answer.array(), 3)
    const start = answer.place()
    answer.skip()
    answer.skip()
    assert.equal(answer.text(), 'last')
    answer.goTo(start)
    assert.equal(answer.kind(), 'array')
  })

  it('that holds something else is INTERNAL', () => {
    const packer = createPacker()
    packer.text('text')
    const reply = packer.take()
    assert.throws(() => readAnswer(reply).number(), { code: 'INTERNAL' })
    assert.throws(() => readAnswer(reply).array(), { code: 'INTERNAL' })
    assert.throws(() => readAnswer(Buffer.alloc(0)).text(), { code: 'INTERNAL' })
  })
})

function read(answer: Answer): Value {
  const kind = answer.kind()
  if (kind === 'text') return answer.text()
  if (kind === 'number') return answer.number()
  return Array.from({ length: answer.array() }, () => read(answer))
}
