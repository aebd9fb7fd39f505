import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { PolisError } from '../../core/error.ts'
import type { ModelMessage, ModelRequest } from '../../core/model.ts'
import { defineAgent } from '../define-agent.ts'
import { testAgent } from '../testing/test-agent.ts'
import { tool } from '../tool.ts'
import { fakeModels, toolCall } from './fake/fake-models.ts'

const look = tool({
  name: 'look',
  description: 'Looks at a place.',
  input: z.object({ at: z.number() }),
  effect: 'read',
  run: ({ at }) => (at < 0 ? 'nothing' : `thing ${at} ${'x'.repeat(200)}`),
})

const textOf = (message: ModelMessage | undefined) => JSON.stringify(message?.content ?? '')
const answers = (messages: readonly ModelMessage[]) => messages.filter(({ role }) => role === 'assistant').length

describe('a loop', () => {
  it('that never answers ends with its turns', async () => {
    const agent = defineAgent({ name: 'endless', model: 'fake/one', tools: [look], limits: { turns: 4 } })
    const models = fakeModels(({ messages }) => [toolCall('look', { at: messages.length })])
    const run = await testAgent(agent, { input: 'go', models })
    assert.equal(run.error?.code, 'LIMIT_REACHED')
    assert.match(run.error?.message ?? '', /limits\.turns, 4/)
    assert.equal([...run.steps.keys()].filter((id) => id.startsWith('model')).length, 4)
  })

  it('that calls itself by way of another agent ends with all of its runs, and does not try again in each', async () => {
    const boss = defineAgent({
      name: 'boss',
      async run(context) {
        return context.call('clerk', 'go')
      },
    })
    const clerk = defineAgent({ name: 'clerk', model: 'fake/one', tools: [boss] })
    let calls = 0
    const models = fakeModels(() => [toolCall('boss', { n: ++calls })])
    const run = await testAgent(clerk, { input: 'go', models })
    assert.equal(run.error?.code, 'LIMIT_REACHED')
    assert.match(run.error?.message ?? '', /clerk > boss > clerk > boss/)
    assert.equal(calls, 11)
  })

  it('that repeats itself is told once, and may come to its senses', async () => {
    const agent = defineAgent({ name: 'stuck', model: 'fake/one', tools: [look] })
    const models = fakeModels(({ messages }) =>
      textOf(messages.at(-1)).includes('try something else') ? 'Sorry' : [toolCall('look', { at: -1 })],
    )
    const run = await testAgent(agent, { input: 'go', models, crash: { everyStep: true } })
    assert.equal(run.output, 'Sorry')
    assert.equal([...run.steps.keys()].filter((id) => id.startsWith('look')).length, 3)
  })

  it('that goes on repeating itself is stopped', async () => {
    const agent = defineAgent({ name: 'stuck', model: 'fake/one', tools: [look] })
    const models = fakeModels(() => [toolCall('look', { at: -1 })])
    const run = await testAgent(agent, { input: 'go', models, crash: { everyStep: true } })
    assert.equal(run.error?.code, 'LOOP_DETECTED')
    assert.match(run.error?.message ?? '', /the same call of look with the same result 4 times/)
  })

  it('gives an answer that does not fit its output back once', async () => {
    const output = z.object({ city: z.string() })
    const agent = defineAgent({ name: 'finder', model: 'fake/one', output })
    const seen: ModelRequest[] = []
    const mended = fakeModels((request) => {
      seen.push(request)
      return answers(request.messages) === 0 ? 'Bonn, I think' : '{"city":"Bonn"}'
    })
    const run = await testAgent(agent, { input: 'where?', models: mended, crash: { everyStep: true } })
    assert.deepEqual(run.output, { city: 'Bonn' })
    assert.match(textOf(seen[1]?.messages.at(-1)), /It is not JSON/)
    const stubborn = await testAgent(agent, { input: 'where?', models: fakeModels(() => '{"town":1}') })
    assert.equal(stubborn.error?.code, 'INVALID_OUTPUT')
    assert.match(stubborn.error?.message ?? '', /city/)
  })

  it('fails where an answer was cut off and is of no use', async () => {
    const cut = (text: string) => fakeModels(() => ({ content: [{ type: 'text', text }], finish: 'length' }))
    const writer = defineAgent({ name: 'writer', model: 'fake/one' })
    assert.equal((await testAgent(writer, { input: 'go', models: cut('Once upon') })).output, 'Once upon')
    const silent = await testAgent(writer, { input: 'go', models: cut('') })
    assert.equal(silent.error?.code, 'LIMIT_REACHED')
    const finder = defineAgent({ name: 'finder', model: 'fake/one', output: z.object({ city: z.string() }) })
    const half = await testAgent(finder, { input: 'go', models: cut('{"city":"B') })
    assert.match(half.error?.message ?? '', /cut off .*raise maxOutputTokens/)
  })

  it('compacts a history that nears the window, and keeps its newest turns word for word', async () => {
    const agent = defineAgent({ name: 'longwinded', model: 'fake/one', tools: [look], maxOutputTokens: 100 })
    const prompts: ModelRequest[] = []
    const models = fakeModels(
      (request) => {
        prompts.push(request)
        if (request.instructions?.includes('Summarise')) return `summary of ${textOf(request.messages[0]).length}`
        const last = textOf(request.messages.at(-1))
        const seen = Number(/thing (\d+)/.exec(last)?.[1] ?? 0)
        return seen === 12 ? 'done' : [toolCall('look', { at: seen + 1 }, `call-${seen}`)]
      },
      { contextWindow: 1000 },
    )
    const run = await testAgent(agent, { input: 'go', models, crash: { everyStep: true }, timeout: '60s' })
    assert.equal(run.output, 'done')
    const summaries = [...run.steps.keys()].filter((id) => id.startsWith('compact'))
    assert.ok(summaries.length >= 1 && summaries.length <= 8, summaries.join(' '))
    const asked = prompts.filter(({ instructions }) => !instructions?.includes('Summarise'))
    for (const { messages } of asked) {
      assert.notEqual(messages[0]?.role, 'tool')
      assert.ok(JSON.stringify(messages).length < 4000)
    }
    assert.ok(asked.some(({ messages }) => textOf(messages[0]).includes('summary of')))
  })

  it('compacts a history that the provider refuses as too long, and asks again', async () => {
    const agent = defineAgent({ name: 'longwinded', model: ['fake/one', 'fake/two'], tools: [look] })
    const asked: string[] = []
    const models = fakeModels(({ model, messages, instructions }) => {
      asked.push(`${model} ${instructions?.includes('Summarise') ? 'compact' : messages.length}`)
      if (instructions?.includes('Summarise')) return 'a summary'
      const last = textOf(messages.at(-1))
      if (messages.length > 3)
        throw new PolisError('MODEL_FAILED', 'too long', { details: { reason: 'context-window' } })
      if (textOf(messages[0]).includes('a summary')) return 'done'
      return [toolCall('look', { at: last.length })]
    })
    const run = await testAgent(agent, { input: 'go', models, crash: { after: 'compact' } })
    assert.equal(run.output, 'done')
    assert.deepEqual(asked, ['fake/one 1', 'fake/one 3', 'fake/one 5', 'fake/one compact', 'fake/one 3'])
  })
})
