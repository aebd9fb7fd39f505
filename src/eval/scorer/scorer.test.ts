import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { Evidence, Scorer } from '../evidence.ts'
import { evidence } from '../fake/evidence.ts'
import { contains } from './contains.ts'
import { exact } from './exact.ts'
import { schema } from './schema.ts'
import { cost, duration, steps, toolsCalled } from './trajectory.ts'

const failed = { output: undefined, error: { code: 'STEP_FAILED', message: 'no' } }

test('exact compares whole values, whatever the order of their keys', async () => {
  assert.deepEqual(await say(exact(), { output: { a: 1, b: [2] }, expected: { b: [2], a: 1 } }), { score: 1 })
  const { score, reason } = await say(exact(), { output: { a: 1 }, expected: { a: 2 } })
  assert.equal(score, 0)
  assert.equal(reason, 'expected {"a":2}, got {"a":1}')
})

test('exact compares what lies at a path, with an object that has the path or with the bare value', async () => {
  const output = { order: { items: [{ id: 7 }] } }
  for (const expected of [output, 7])
    assert.deepEqual(await say(exact('order.items[0].id'), { output, expected }), { score: 1 })
  const { reason } = await say(exact('order.id'), { output, expected: 7 })
  assert.equal(reason, 'order.id: expected 7, got nothing')
})

test('exact takes null at a path for what is expected there', async () => {
  assert.equal((await say(exact('a'), { output: { a: null }, expected: { a: null } })).score, 1)
})

test('exact says that a case expects nothing rather than comparing with nothing', async () => {
  assert.match((await say(exact(), { output: undefined })).reason ?? '', /expects nothing/)
})

test('A path is never led into what an object inherits', async () => {
  assert.equal((await say(exact('constructor.name'), { output: {}, expected: 'Object' })).score, 0)
})

test('Scorers of outputs score a run that failed with 0 and its error', async () => {
  const wanted = { score: 0, reason: 'STEP_FAILED: no' }
  for (const scorer of [exact(), contains('x'), schema(z.string())])
    assert.deepEqual(await say(scorer, { ...failed, expected: 'x' }), wanted)
})

test('schema scores by what the schema lets through and says what it does not', async () => {
  const wants = schema(z.object({ n: z.number() }))
  assert.deepEqual(await say(wants, { output: { n: 1 } }), { score: 1 })
  const { score, reason } = await say(wants, { output: { n: 'one' } })
  assert.equal(score, 0)
  assert.match(reason ?? '', /n: .*number/)
})

test('contains scores the share of texts that are there, any or none of them as told', async () => {
  const output = { text: 'Hello, Ada' }
  assert.equal((await say(contains(['hello', 'bob']), { output })).score, 0.5)
  assert.equal((await say(contains(['hello', 'bob'], { mode: 'any' }), { output })).score, 1)
  assert.equal((await say(contains(['bob'], { mode: 'none' }), { output })).score, 1)
  assert.equal((await say(contains('hello', { mode: 'none' }), { output })).score, 0)
  assert.equal((await say(contains('hello', { caseSensitive: true, path: 'text' }), { output })).score, 0)
})

test('contains without texts looks for those that the case expects', async () => {
  assert.equal((await say(contains(), { output: 'abc', expected: ['a', 'z'] })).score, 0.5)
  await assert.rejects(async () => say(contains(), { output: 'abc', expected: 4 }), /a text or a list of texts, got 4/)
})

test('toolsCalled counts tools, steps and agents by their names, each as often as it is listed', async () => {
  const entries = [step('desk.search'), step('lane/desk.search#2'), step('close'), child('helper')]
  assert.deepEqual(await say(toolsCalled(['desk.search', 'desk.search', 'helper']), { entries }), { score: 1 })
  const missing = await say(toolsCalled(['close', 'close']), { entries })
  assert.equal(missing.score, 0.5)
  assert.match(missing.reason ?? '', /^not called: close; it called desk\.search, desk\.search, close, helper$/)
})

test('toolsCalled can ask for an order', async () => {
  const entries = [step('b'), step('a')]
  assert.equal((await say(toolsCalled(['a', 'b']), { entries })).score, 1)
  assert.equal((await say(toolsCalled(['a', 'b'], { order: true }), { entries })).score, 0.5)
})

test('cost, duration and steps keep within their bounds, and say what they got', async () => {
  assert.equal((await say(cost(0.05), { cost: 0.05 })).score, 1)
  assert.equal((await say(cost(0.05), { cost: 0.06 })).reason, 'expected at most $0.05, got $0.06')
  assert.equal((await say(duration('2s'), { duration: 2001 })).score, 0)
  assert.equal((await say(steps(1), { entries: [step('a'), step('b')] })).reason, 'expected at most 1, got 2')
})

test('An unknown price is a fault of the scorer, never 0 dollars', () => {
  assert.throws(() => cost(1).score(evidence({ cost: undefined })), { code: 'PRICE_UNKNOWN' })
})

test('Scorers refuse what they cannot work with, naming themselves', () => {
  assert.throws(() => steps(1.5), /^PolisError: steps: expected a whole number, got 1.5$/)
  assert.throws(() => cost(-1), /cost: expected dollars/)
  assert.throws(() => toolsCalled([]), /toolsCalled: expected a list of names/)
  assert.throws(() => contains([]), /contains: expected a text/)
  assert.throws(() => schema('x' as never), /schema: expected a Standard Schema/)
})

async function say(scorer: Scorer, given: Partial<Evidence>): Promise<{ score: number; reason?: string }> {
  // All built-in scorers answer so.
  return (await scorer.score(evidence(given))) as { score: number; reason?: string }
}

function step(id: string): Evidence['entries'][number] {
  return { kind: 'step-completed', data: { id, index: 0, attempt: 1, ms: 1, output: null } } as never
}

function child(id: string): Evidence['entries'][number] {
  return { kind: 'child-started', data: { id, index: 0, run: 'run_1', agent: id } } as never
}
