import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toToolResult } from './result.ts'
import { effectOf } from './tool-list.ts'

const OF = { server: 'x', tool: 'y', listed: { name: 'y', inputSchema: { type: 'object' as const } } }

test('The project decides the effect of a tool, then its annotations do, and else it may run only once', () => {
  const readOnly = { name: 'get', annotations: { readOnlyHint: true } }
  assert.equal(effectOf(readOnly, {}), 'read')
  assert.equal(effectOf(readOnly, { get: 'once' }), 'once')
  assert.equal(effectOf({ name: 'put', annotations: { idempotentHint: true, readOnlyHint: false } }, {}), 'idempotent')
  assert.equal(effectOf({ name: 'post' }, { get: 'read' }), 'once')
  assert.equal(effectOf({ name: 'toString' }, {}), 'once')
})

test('The text of a result is that of its text blocks; everything else is kept as it came', async () => {
  const image = { type: 'image' as const, data: 'AAAA', mimeType: 'image/png' }
  const content = [{ type: 'text' as const, text: 'a' }, image, { type: 'text' as const, text: 'b' }]
  assert.deepEqual(await toToolResult(OF, { content }), { content, text: 'a\nb' })
  assert.deepEqual(await toToolResult(OF, { content: [], structuredContent: { n: null } }), {
    content: [],
    structured: { n: null },
    text: '',
  })
})

test('A result that reports an error throws its words, shortened, or says that there are none', async () => {
  const failed = (text: string) => toToolResult(OF, { content: [{ type: 'text', text }], isError: true })
  await assert.rejects(failed('no luck'), {
    code: 'TOOL_FAILED',
    retryable: false,
    message: "Tool 'y' of MCP server 'x' failed: no luck",
  })
  await assert.rejects(failed('z'.repeat(9000)), ({ message }: Error) => message.length < 2100)
  await assert.rejects(toToolResult(OF, { content: [], isError: true }), /it gave no reason/)
})

test('A structured result is held against the schema that the tool gives for it', async () => {
  const outputSchema = { type: 'object' as const, properties: { n: { type: 'number' } }, required: ['n'] }
  const of = { ...OF, listed: { ...OF.listed, outputSchema } }
  assert.deepEqual((await toToolResult(of, { content: [], structuredContent: { n: 1 } })).structured, { n: 1 })
  const broken = { code: 'TOOL_FAILED', message: /broke its own contract/ }
  await assert.rejects(toToolResult(of, { content: [], structuredContent: { n: 'x' } }), broken)
  await assert.rejects(toToolResult(of, { content: [] }), broken)
})
