import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { defineAgent } from '../define-agent.ts'
import { writeProject } from '../project/fixture.ts'
import { tool } from '../tool.ts'
import { testAgent } from './test-agent.ts'

const add = tool({
  name: 'add',
  description: 'Adds two numbers.',
  input: z.object({ a: z.number(), b: z.number() }),
  effect: 'read',
  run: ({ a, b }) => a + b,
})

describe('testAgent with models', () => {
  const agent = defineAgent({ name: 'sums', model: ['openai/gpt-x', 'local'], instructions: 'Add.', tools: [add] })

  it('takes rules of a script, for any name of a model', async () => {
    const models = [
      {
        when: { after: ['add'] },
        say: ({ result }: { result: (tool: string) => unknown }) => `It is ${result('add')}`,
      },
      { when: { text: 'add' }, call: { tool: 'add', input: { a: 2, b: 3 } } },
      { say: 'What?' },
    ]
    const run = await testAgent(agent, { input: 'Please add', models, crash: { everyStep: true } })
    assert.equal(run.output, 'It is 5')
    assert.equal((await testAgent(agent, { input: 'Hm', models })).output, 'What?')
  })

  it('takes a function of the turn', async () => {
    const run = await testAgent(agent, {
      input: 'Please add',
      models: ({ turn, result, instructions, model }) =>
        turn === 0
          ? { say: 'Let me see', call: { tool: 'add', input: { a: 1, b: 1 } } }
          : `${instructions} ${model} ${result('add')}`,
    })
    assert.equal(run.output, 'Add. gpt-x 2')
  })

  it('plays faults, so that a fallback can be seen', async () => {
    const run = await testAgent(agent, {
      input: 'Please add',
      models: [{ when: { model: 'gpt-x' }, fault: { kind: 'refused' } }, { say: 'It is me' }],
    })
    assert.equal(run.output, 'It is me')
    assert.equal(run.steps.get('model')?.error?.code, 'MODEL_REFUSED')
  })

  it('reads files of instructions, and knows the agents that are tools', async () => {
    await using project = await writeProject({ 'prompts/boss.md': 'Delegate.' })
    const instructions = { file: 'prompts/boss.md' }
    const boss = defineAgent({ name: 'boss', model: 'openai/gpt-x', instructions, tools: [agent] })
    const run = await testAgent(boss, {
      input: 'go',
      dir: project.dir,
      models: ({ agent, turn, result, instructions }) => {
        if (agent === 'sums') return 'seven'
        return turn === 0 ? { call: { tool: 'sums', input: { message: '3+4' } } } : `${instructions} ${result('sums')}`
      },
    })
    assert.equal(run.output, 'Delegate. seven')
  })

  it('says what is missing when a test gives none', async () => {
    await assert.rejects(testAgent(agent, { input: 'go' }), {
      code: 'UNKNOWN_MODEL',
      message: /Agent sums, option model/,
    })
  })
})
