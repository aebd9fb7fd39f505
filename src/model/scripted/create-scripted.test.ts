import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PolisError } from '../../core/error.ts'
import type { ModelDelta, ModelMessage } from '../../core/model.ts'
import { asking, calm, modelsOf } from '../fixture.ts'
import { defineScript, type ScriptRule } from './script.ts'

function scripted(...rules: ScriptRule[]) {
  return modelsOf({ providers: { demo: { kind: 'scripted', script: defineScript(rules) } } }).models
}

const LOGS = {
  name: 'logs',
  description: 'Reads logs',
  input: { type: 'object', properties: { service: { type: 'string' } } },
}

test('The first rule that holds answers, and every answer says that it is scripted', async () => {
  const models = scripted({ when: { text: 'weather' }, say: 'Rain.' }, { say: 'Hm.' })
  const result = await models.call(asking('demo/any', 'How is the WEATHER?'), { signal: calm })
  assert.deepEqual(result.content, [{ type: 'text', text: 'Rain.' }])
  assert.deepEqual([result.scripted, result.finish, result.model], [true, 'stop', 'demo/any'])
  assert.equal((await models.call(asking('demo/any', 'Hello'), { signal: calm })).content[0]?.type, 'text')
})

test('A script costs nothing, its answers have a bound for budgets, and its tokens are counted from the conversation, the same each time', async () => {
  const models = scripted({ say: 'Twelve chars' })
  assert.deepEqual(models.describe('demo/x'), {
    ...{ model: 'demo/x', provider: 'demo', scripted: true },
    ...{ maxOutputTokens: 4096, price: { input: 0, output: 0 } },
  })
  const first = await models.call(asking('demo/x', 'four'), { signal: calm })
  assert.deepEqual(first.usage, { input: 1, cachedInput: 0, cacheWrite: 0, output: 3, reasoning: 0 })
  assert.deepEqual(await models.call(asking('demo/x', 'four'), { signal: calm }), first)
  assert.ok(models.countInput(asking('demo/x', 'four')) >= 1)
})

test('A script carries a conversation through tools: it sees which have answered, and what', async () => {
  const models = scripted(
    { when: { before: ['logs'], tools: ['logs'] }, say: 'I look.', call: { tool: 'logs', input: { service: 'api' } } },
    { when: { after: ['logs'] }, say: (turn) => `The logs say ${turn.result('logs')}.` },
  )
  const request = asking('demo/x', 'What is wrong?', { tools: [LOGS] })
  const first = await models.call(request, { signal: calm })
  assert.equal(first.finish, 'tool-calls')
  const call = first.content[1]
  assert.ok(call?.type === 'tool-call')
  assert.deepEqual([call.name, call.input], ['logs', { service: 'api' }])
  const messages: ModelMessage[] = [
    ...request.messages,
    { role: 'assistant', content: first.content },
    {
      role: 'tool',
      content: [{ type: 'tool-result', id: call.id, name: 'logs', output: { kind: 'text', value: 'OOM' } }],
    },
  ]
  const second = await models.call({ ...request, messages }, { signal: calm })
  assert.deepEqual(second.content, [{ type: 'text', text: 'The logs say OOM.' }])
})

test('Agents, models, turns and structured outputs are told apart', async () => {
  const models = scripted(
    { when: { agent: 'lead' }, say: 'lead' },
    { when: { model: 'other' }, say: 'other' },
    { when: { output: 'report' }, answer: (turn) => ({ about: turn.text }) },
    { when: (turn) => turn.turn === 0, say: 'first' },
  )
  const text = async (...[request, agent]: [ReturnType<typeof asking>, string?]) => {
    const result = await models.call(request, { signal: calm, ...(agent === undefined ? {} : { agent }) })
    return result.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
  }
  assert.equal(await text(asking('demo/x', 'a'), 'lead'), 'lead')
  assert.equal(await text(asking('demo/other', 'a'), 'second'), 'other')
  assert.equal(await text(asking('demo/x', 'a', { output: { name: 'report', schema: {} } })), '{"about":"a"}')
  assert.equal(await text(asking('demo/x', 'a')), 'first')
})

test('A streamed answer comes in pieces that together are the answer', async () => {
  const models = scripted({ say: 'One two\nthree ', reasoning: 'so', call: { tool: 'logs', input: { a: 1 } } })
  const deltas: ModelDelta[] = []
  await models.call(asking('demo/x', 'go'), { signal: calm, onDelta: (delta) => deltas.push(delta) })
  assert.equal(deltas.flatMap((it) => (it.type === 'text' ? [it.text] : [])).join(''), 'One two\nthree ')
  assert.deepEqual(
    deltas.map(({ type }) => type),
    ['reasoning', 'text', 'text', 'text', 'text', 'tool-call'],
  )
})

test('A turn without a rule fails with which turn it was, and costs nothing', async () => {
  const models = scripted({ when: { text: 'known' }, say: 'yes' })
  await assert.rejects(models.call(asking('demo/x', 'a secret prompt'), { signal: calm, agent: 'lead' }), {
    code: 'MODEL_FAILED',
    message: 'The script of demo/x has no rule for turn 0 of agent lead: add one, or one without `when` at its end',
  })
})

test('Faults look like those of a provider, as often as the script says', async () => {
  const models = scripted({ fault: { kind: 'rate-limit', retryAfter: 250, times: 2 }, say: 'at last' })
  const call = () => models.call(asking('demo/x', 'go'), { signal: calm, key: 'run/step' })
  await assert.rejects(call(), (error) => {
    assert.ok(error instanceof PolisError)
    const { status, retryAfter, received, reason } = error.details
    assert.deepEqual([error.code, error.retryable], ['MODEL_UNAVAILABLE', true])
    assert.deepEqual([status, retryAfter, received, reason], [429, 250, false, 'rate-limit'])
    return true
  })
  await assert.rejects(call(), { code: 'MODEL_UNAVAILABLE' })
  assert.equal((await call()).finish, 'stop')
})
