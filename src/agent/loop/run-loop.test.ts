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
})
