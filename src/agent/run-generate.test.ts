import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { PolisError } from '../core/error.ts'
import type { ModelRequest } from '../core/model.ts'
import { defineAgent } from './define-agent.ts'
import { fakeModels, toolCall } from './loop/fake/fake-models.ts'
import { testAgent } from './testing/test-agent.ts'
import { tool } from './tool.ts'

const look = tool({ name: 'look', description: 'Looks.', input: z.object({ at: z.string() }), run: () => 'nothing' })

describe('context.generate', () => {
  it('is one recorded step, whose answer has the type of its schema', async () => {
    const agent = defineAgent({
      name: 'counter',
      async run(context) {
        const { output, model } = await context.generate({
          model: 'fake/one',
          instructions: 'Count.',
          prompt: 'to three',
          output: z.object({ last: z.number() }),
        })
        const last: number = output.last
        return `${model} ${last}`
      },
    })
    const requests: ModelRequest[] = []
    const models = fakeModels((request) => {
      requests.push(request)
      return '```json\n{"last":3}\n```'
    })
    const run = await testAgent(agent, { input: {}, models, crash: { everyStep: true } })
    assert.equal(run.output, 'fake/one 3')
    assert.deepEqual([...run.steps.keys()], ['model'])
    assert.equal(requests[0]?.instructions, 'Count.')
    assert.equal(requests[0]?.output?.name, 'answer')
  })

  it('gives an answer of the wrong form back once, then fails', async () => {
    const agent = defineAgent({
      name: 'counter',
      output: z.object({ last: z.number() }),
      async run(context) {
        const { output } = await context.generate({
          model: 'fake/one',
          prompt: 'go',
          output: z.object({ last: z.number() }),
        })
        return output
      },
    })
    const mended = fakeModels(({ messages }) => (messages.length === 1 ? 'three' : '{"last":3}'))
    assert.deepEqual((await testAgent(agent, { input: {}, models: mended })).output, { last: 3 })
    const stubborn = await testAgent(agent, { input: {}, models: fakeModels(() => '{"last":"three"}') })
    assert.equal(stubborn.error?.code, 'INVALID_OUTPUT')
    assert.match(stubborn.error?.message ?? '', /last/)
    assert.equal(stubborn.steps.size, 2)
  })

  it('hands calls of tools to the code, which may give their results to the next call', async () => {
    const agent = defineAgent({
      name: 'looker',
      async run(context) {
        const first = await context.generate({
          model: 'fake/one',
          prompt: 'look',
          tools: [look],
          toolChoice: 'required',
        })
        const [call] = first.toolCalls
        assert.equal(first.output, undefined)
        const output = { kind: 'text', value: 'a cat' } as const
        const result = { type: 'tool-result', id: call?.id ?? '', name: 'look', output } as const
        const second = await context.generate({
          model: 'fake/one',
          messages: [
            { role: 'user', content: [{ type: 'text', text: 'look' }] },
            first.message,
            { role: 'tool', content: [result] },
          ],
        })
        return second.text
      },
    })
    const models = fakeModels(({ messages }) => {
      const last = messages.at(-1)
      return last?.role === 'tool' ? `I see ${last.content[0]?.output.value}` : [toolCall('look', { at: 'sofa' })]
    })
    assert.equal((await testAgent(agent, { input: {}, models, crash: { everyStep: true } })).output, 'I see a cat')
  })

  it('asks the next model where one cannot answer, and says of each why none did', async () => {
    const agent = defineAgent({
      name: 'patient',
      output: z.string(),
      run: async (context) => (await context.generate({ model: ['fake/down', 'fake/up'], prompt: 'hi' })).model,
    })
    const refuse = (model: string) => new PolisError('MODEL_REFUSED', `${model} declined`)
    const one = fakeModels(({ model }) => (model === 'fake/up' ? 'hello' : Promise.reject(refuse(model))))
    const run = await testAgent(agent, { input: {}, models: one, crash: { everyStep: true } })
    assert.equal(run.output, 'fake/up')
    assert.deepEqual(
      [...run.steps.values()].map(({ status }) => status),
      ['failed', 'completed'],
    )
    const none = await testAgent(agent, { input: {}, models: fakeModels(({ model }) => Promise.reject(refuse(model))) })
    assert.equal(none.error?.code, 'MODEL_REFUSED')
    assert.match(none.error?.message ?? '', /fake\/down: fake\/down declined\. fake\/up: fake\/up declined/)
  })

  it('repeats what may pass, when the provider says so', async () => {
    const agent = defineAgent({
      name: 'patient',
      output: z.string(),
      run: async (context) => (await context.generate({ model: 'fake/one', prompt: 'hi' })).text,
    })
    let calls = 0
    const models = fakeModels(() => {
      calls += 1
      if (calls < 3) throw new PolisError('MODEL_UNAVAILABLE', 'too many requests', { details: { retryAfter: 30_000 } })
      return 'hello'
    })
    const run = await testAgent(agent, { input: {}, models })
    assert.equal(run.output, 'hello')
    assert.equal(run.steps.get('model')?.attempts, 3)
    assert.ok(run.timeSkipped >= 60_000)
  })

  it('wants a prompt or messages', async () => {
    const agent = defineAgent({ name: 'empty', run: (context) => context.generate({ model: 'fake/one' }) })
    const run = await testAgent(agent, { input: {}, models: fakeModels(() => 'hi') })
    assert.match(run.error?.message ?? '', /expected option prompt, a text, or option messages/)
  })

  it('and blobs go by their hashes', async () => {
    const agent = defineAgent({
      name: 'keeper',
      async run(context) {
        const hash = await context.step('store', async () => (await context.blob.put('bytes')).hash)
        return context.step('read', async () => Buffer.from(await context.blob.read(hash)).toString())
      },
    })
    assert.equal((await testAgent(agent, { input: {}, crash: { everyStep: true } })).output, 'bytes')
  })
})
