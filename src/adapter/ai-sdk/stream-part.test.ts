import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDeltaOf, readParts, replayParts } from './stream-part.ts'

function streamOf(...parts: readonly object[]): ReadableStream<unknown> {
  return replayParts(parts)
}

test('Pieces of one block are joined, those of others and those with metadata are not', async () => {
  const parts = await readParts(
    streamOf(
      { type: 'text-delta', id: 'a', delta: '1' },
      { type: 'text-delta', id: 'a', delta: '2' },
      { type: 'ping' },
      { type: 'text-delta', id: 'b', delta: '3' },
      { type: 'text-delta', id: 'b', delta: '4', providerMetadata: {} },
      { type: 'finish' },
    ),
    () => {},
  )
  assert.deepEqual(parts, [
    { type: 'text-delta', id: 'a', delta: '12' },
    { type: 'text-delta', id: 'b', delta: '3' },
    { type: 'text-delta', id: 'b', delta: '4', providerMetadata: {} },
    { type: 'finish' },
  ])
})

test('An error in a stream is thrown, and so is an end before the answer is complete', async () => {
  const failure = new Error('overloaded')
  await assert.rejects(
    readParts(streamOf({ type: 'error', error: failure }), () => {}),
    failure,
  )
  await assert.rejects(
    readParts(streamOf({ type: 'text-start', id: 'a' }), () => {}),
    { code: 'MODEL_UNAVAILABLE' },
  )
})

test('Every piece of a tool call names its tool', () => {
  const deltaOf = createDeltaOf()
  assert.deepEqual(deltaOf({ type: 'tool-input-start', id: 'c', toolName: 'find' }), {
    ...{ type: 'tool-call', id: 'c', name: 'find', text: '' },
  })
  assert.deepEqual(deltaOf({ type: 'tool-input-delta', id: 'c', delta: '{' }), {
    ...{ type: 'tool-call', id: 'c', name: 'find', text: '{' },
  })
  assert.equal(deltaOf({ type: 'finish' }), undefined)
})
