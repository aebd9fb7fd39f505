import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toToolResult } from './result.ts'
import { effectOf } from './tool-list.ts'

test('The project decides the effect of a tool, then its annotations do, and else it may run only once', () => {
  const readOnly = { name: 'get', annotations: { readOnlyHint: true } }
  assert.equal(effectOf(readOnly, {}), 'read')
  assert.equal(effectOf(readOnly, { get: 'once' }), 'once')
  assert.equal(effectOf({ name: 'put', annotations: { idempotentHint: true, readOnlyHint: false } }, {}), 'idempotent')
  assert.equal(effectOf({ name: 'post' }, { get: 'read' }), 'once')
  assert.equal(effectOf({ name: 'toString' }, {}), 'once')
})

test('The text of a result is that of its text blocks; everything else is kept as it came', () => {
  const image = { type: 'image' as const, data: 'AAAA', mimeType: 'image/png' }
  const content = [{ type: 'text' as const, text: 'a' }, image, { type: 'text' as const, text: 'b' }]
  assert.deepEqual(toToolResult('x', 'y', { content }), { content, text: 'a\nb' })
  assert.deepEqual(toToolResult('x', 'y', { content: [], structuredContent: { n: null } }), {
    content: [],
    structured: { n: null },
    text: '',
  })
})

test('A result that reports an error throws its words, shortened, or says that there are none', () => {
  const failed = (text: string) => () => toToolResult('x', 'y', { content: [{ type: 'text', text }], isError: true })
  assert.throws(failed('no luck'), {
    code: 'TOOL_FAILED',
    retryable: false,
    message: "Tool 'y' of MCP server 'x' failed: no luck",
  })
  assert.throws(failed('z'.repeat(9000)), ({ message }: Error) => message.length < 2100)
  assert.throws(() => toToolResult('x', 'y', { content: [], isError: true }), /it gave no reason/)
})
