import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { type AgentDefinition, defineAgent } from './define-agent.ts'
import type { Prompt } from './loop/prompt.ts'
import { mcp } from './mcp-tools.ts'
import { tool } from './tool.ts'

const run = async () => null

describe('defineAgent', () => {
  it('gives an agent that a model leads a prompt as input and a text as output', () => {
    const agent = defineAgent({ name: 'chat', model: 'openai/gpt' })
    const typed: AgentDefinition<Prompt, string> = agent
    assert.equal(typed, agent)
    assert.deepEqual(agent.loop?.model, ['openai/gpt'])
    assert.equal(agent.loop?.turns, 50)
    assert.deepEqual(agent.input?.['~standard'].validate('hi'), { value: 'hi' })
    assert.ok('issues' in (agent.input?.['~standard'].validate({ text: 'hi' }) ?? {}))
  })

  it('types instructions and output by their schemas', () => {
    const agent = defineAgent({
      name: 'triage',
      model: ['a/b', 'c/d'],
      input: z.object({ ticket: z.string() }),
      output: z.object({ urgent: z.boolean() }),
      instructions: ({ ticket }) => `Triage ${ticket.toUpperCase()}.`,
    })
    const typed: AgentDefinition<{ ticket: string }, { urgent: boolean }> = agent
    assert.equal(typed, agent)
  })

  it('refuses an option that there is not: a limit with a mistake in its name would limit nothing', () => {
    const refused = (options: object, message: RegExp) =>
      assert.throws(() => defineAgent(Object.assign({ name: 'odd', run }, options)), {
        code: 'INVALID_CONFIG',
        message,
      })
    refused({ limits: { costs: 1 } }, /odd: there is no option limits\.costs: did you mean 'cost'\?/)
    refused({ budget: { day: { token: 1 } } }, /option budget\.day\.token: did you mean 'tokens'\?/)
    refused({ session: { policy: 'reject' } }, /option session\.policy: there are state, concurrency/)
    refused({ limit: {} }, /option limit: did you mean 'limits'\?/)
    assert.doesNotThrow(() => defineAgent({ name: 'even', run, ...{ limits: undefined } }))
  })

  it('refuses code and model together, and neither, by the name of the option', () => {
    // @ts-expect-error An agent is led by code or by a model.
    assert.throws(() => defineAgent({ name: 'both', model: 'a/b', run }), {
      message: /both: option run: .*by code or by a model/,
    })
    // @ts-expect-error Neither of the two.
    assert.throws(() => defineAgent({ name: 'none' }), {
      message: /none: option run: .*option model: 'provider\/model'/,
    })
    // @ts-expect-error Only a model has instructions.
    assert.throws(() => defineAgent({ name: 'stray', instructions: 'x', run }), {
      message: /stray: option model: .*instructions/,
    })
  })

  it('names every other option that is wrong', () => {
    const refused = (options: object, message: RegExp) =>
      assert.throws(() => defineAgent({ name: 'bad', model: 'a/b', ...options }), { code: 'INVALID_CONFIG', message })
    refused({ model: [] }, /option model/)
    refused({ model: 5 }, /option model/)
    refused({ instructions: { path: 'x' } }, /option instructions: .*file/)
    refused({ tools: [{ name: 'x' }] }, /option tools/)
    refused({ limits: { turns: 0 } }, /limits\.turns/)
    refused({ maxOutputTokens: 1.5 }, /maxOutputTokens/)
    refused({ temperature: 3 }, /temperature/)
    refused({ reasoning: 'much' }, /reasoning: expected none, minimal/)
    refused({ session: { state: z.string() } }, /session\.state/)
  })
})

describe('tool and mcp', () => {
  it('name the option that is wrong', () => {
    const spec = { name: 'look', description: 'Looks.', input: z.object({}), run }
    const refused = (options: object, message: RegExp) =>
      assert.throws(() => tool({ ...spec, ...options }), { code: 'INVALID_CONFIG', message })
    refused({ name: 'look up' }, /tool: option name/)
    refused({ description: '' }, /tool look: option description/)
    refused({ input: {} }, /tool look: option input/)
    refused({ run: 'x' }, /tool look: option run/)
    refused({ approval: 'sometimes' }, /tool look: option approval: expected 'always', 'never' or a function/)
    assert.throws(() => mcp('no server'), { message: /option server/ })
    assert.throws(() => mcp('files', { rename: { read: 'a b' } }), { message: /mcp files: option rename\.read/ })
    assert.throws(() => mcp('files', { only: 'read' as never }), { message: /mcp files: option only/ })
  })
})
