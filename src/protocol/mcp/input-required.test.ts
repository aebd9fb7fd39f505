import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toInputRequired, toQuestion } from './input-required.ts'
import { whyUnfit } from './schema-limit.ts'

const refused = { code: 'TOOL_FAILED' }

test('Only pages of the web are shown to a human to visit', () => {
  assert.deepEqual(toQuestion({ mode: 'url', message: 'Log in', url: 'https://example.org/a?b' }), {
    kind: 'visit',
    message: 'Log in',
    url: 'https://example.org/a?b',
  })
  for (const url of [
    'javascript:alert(1)',
    'file:///etc/passwd',
    'no url',
    'https://bank.example@evil.example/',
    undefined,
    `https://x/${'y'.repeat(5000)}`,
  ])
    assert.throws(() => toQuestion({ mode: 'url', message: '', url }), refused)
})

test('A question is bounded: its text is cut, a form over the limits is refused, and so are too many at once', () => {
  assert.equal(toQuestion({ message: 'x'.repeat(9000) }).message.length, 4000)
  const large = { type: 'object', properties: { a: { type: 'string', description: 'x'.repeat(300_000) } } }
  assert.throws(() => toQuestion({ message: '', requestedSchema: large }), refused)
  const one = { method: 'elicitation/create', params: { message: '' } } as const
  const inputRequests = Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`q${at}`, one]))
  assert.throws(() => toInputRequired('It', { inputRequests } as never, { roots: [] }), /51 questions at once/)
})

test('A schema that nests without end is measured without following it to its end', () => {
  const bottomless: { properties?: object } = {}
  bottomless.properties = bottomless
  assert.match(whyUnfit({ inputSchema: bottomless }) ?? '', /deeper than 64/)
  assert.match(whyUnfit({ inputSchema: {}, outputSchema: { x: 'y'.repeat(300_000) } }) ?? '', /outputSchema is larger/)
  assert.equal(whyUnfit({ inputSchema: { type: 'object' } }), undefined)
})
