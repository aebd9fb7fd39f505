import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { defineAgent } from '../define-agent.ts'
import { testAgent } from '../testing/test-agent.ts'
import { tool } from '../tool.ts'
import { fakeModels, toolCall } from './fake/fake-models.ts'

const weather = tool({
  name: 'weather',
  description: 'The weather of a city.',
  input: z.object({ city: z.string() }),
  effect: 'read',
  run: ({ city }) => `Rain in ${city}`,
})

describe('an agent that a model leads', () => {
  it('answers a text, without any tool', async () => {
    const agent = defineAgent({ name: 'greeter', model: 'fake/one', instructions: 'Greet.' })
    const models = fakeModels(({ instructions, messages }) => `${instructions} ${JSON.stringify(messages)}`)
    const run = await testAgent(agent, { input: 'Hello', models, crash: { everyStep: true } })
    assert.equal(run.output, 'Greet. [{"role":"user","content":[{"type":"text","text":"Hello"}]}]')
    assert.deepEqual([...run.steps.keys()], ['model'])
  })

  it('calls the tools that the model asks for, and hands their results back in the order of the calls', async () => {
    const agent = defineAgent({ name: 'forecaster', model: 'fake/one', tools: [weather] })
    const models = fakeModels(({ messages, tools }) => {
      assert.deepEqual(
        tools?.map(({ name }) => name),
        ['weather'],
      )
      const last = messages.at(-1)
      if (last?.role !== 'tool')
        return [toolCall('weather', { city: 'Bonn' }, 'a'), toolCall('weather', { city: 'Rome' }, 'b')]
      return last.content.map(({ id, output }) => `${id}: ${output.value}`).join(', ')
    })
    const run = await testAgent(agent, { input: 'Weather?', models, crash: { everyStep: true } })
    assert.equal(run.output, 'a: Rain in Bonn, b: Rain in Rome')
    assert.deepEqual([...run.steps.keys()].sort(), ['all/weather-2/weather', 'all/weather/weather', 'model', 'model#2'])
    assert.ok(run.crashes > 10)
  })

  it('gives unknown tools, arguments that do not fit and failures back to the model', async () => {
    const broken = tool({
      name: 'broken',
      description: 'Fails.',
      input: z.object({}),
      run: () => {
        throw new Error('no paper')
      },
    })
    const agent = defineAgent({ name: 'unlucky', model: 'fake/one', tools: [weather, broken] })
    const errors: string[] = []
    const models = fakeModels(({ messages }) => {
      const last = messages.at(-1)
      if (last?.role === 'tool') {
        errors.splice(0, 9, ...last.content.map(({ output }) => `${output.kind} ${output.value}`))
        return 'I give up'
      }
      return [
        toolCall('wether', { city: 'Bonn' }),
        toolCall('weather', { town: 'Bonn' }),
        { ...toolCall('weather', '{"ci'), invalid: true } as never,
        toolCall('broken'),
      ]
    })
    const run = await testAgent(agent, { input: 'Try', models, crash: { everyStep: true } })
    assert.equal(run.output, 'I give up')
    assert.match(errors[0] ?? '', /^error There is no tool wether: did you mean weather\?/)
    assert.match(errors[1] ?? '', /^error The input of tool weather is not valid: city/)
    assert.match(errors[2] ?? '', /^error The arguments of weather are not JSON/)
    assert.match(errors[3] ?? '', /^error no paper/)
  })

  it('gets the files of its input, by the types that were given or stored', async () => {
    const reader = defineAgent({ name: 'reader', model: 'fake/one' })
    const sender = defineAgent({
      name: 'sender',
      async run(context) {
        const blob = await context.step(
          'store',
          async () => (await context.blob.put('bytes', { mediaType: 'image/png', name: 'cat.png' })).hash,
        )
        const attachments = [{ blob }, { blob, mediaType: 'text/plain', name: 'cat.txt' }]
        return context.call(reader, { message: 'What is it?', attachments })
      },
    })
    const models = fakeModels(({ messages }) => JSON.stringify(messages[0]?.content.slice(1)))
    const run = await testAgent(sender, { input: {}, agents: [reader], models, crash: { everyStep: true } })
    const files = JSON.parse(String(run.output)) as { mediaType: string; name: string }[]
    assert.deepEqual(
      files.map(({ mediaType, name }) => `${mediaType} ${name}`),
      ['image/png cat.png', 'text/plain cat.txt'],
    )
    const lost = { message: 'What is it?', attachments: [{ blob: 'f'.repeat(64) }] }
    const failed = await testAgent(reader, { input: lost, models })
    assert.equal(failed.error?.code, 'NOT_FOUND')
    await assert.rejects(testAgent(reader, { input: { message: 'x', attachments: [{ blob: 'no' }] }, models }), {
      code: 'INVALID_INPUT',
    })
  })

  it('makes its instructions anew for each run, once', async () => {
    let made = 0
    const agent = defineAgent({
      name: 'clerk',
      model: 'fake/one',
      input: z.object({ topic: z.string() }),
      instructions: async ({ topic }) => `${topic} ${++made}`,
    })
    const models = fakeModels(
      ({ instructions, messages }) => `${instructions} ${JSON.stringify(messages[0]?.content[0])}`,
    )
    const run = await testAgent(agent, { input: { topic: 'tax' }, models, crash: { after: 'instructions' } })
    assert.equal(run.output, 'tax 1 {"type":"text","text":"{\\n  \\"topic\\": \\"tax\\"\\n}"}')
  })

  it('takes the word of a human for what a call that was cut off came to', async () => {
    const pay = tool({ name: 'pay', description: 'Pays.', input: z.object({}), run: () => ({ paid: 5 }) })
    const agent = defineAgent({ name: 'payer', model: 'fake/one', tools: [pay, 'bank'] })
    const models = fakeModels(({ messages }) => {
      const last = messages.at(-1)
      if (last?.role === 'tool') return last.content.map(({ output }) => JSON.stringify(output)).join(' ')
      return [toolCall('pay'), toolCall('bank_send')]
    })
    const tools = { bank: { send: () => 'sent' } }
    const said = async (step: string, output: unknown) => {
      const answers = { [step]: { action: 'done', output } }
      return (await testAgent(agent, { input: 'go', models, tools, answers, crash: { during: step } })).output
    }
    assert.match(
      await said('all/pay/pay', 'paid 5, as the bank says'),
      /^{"kind":"text","value":"paid 5, as the bank says"}/,
    )
    assert.match(await said('all/bank_send/bank.send', undefined), /{"kind":"text","value":"done"}$/)
  })
})
