import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { defineAgent } from '../define-agent.ts'
import { testAgent } from '../testing/test-agent.ts'
import type { TestQuestion } from '../testing/test-options.ts'
import { tool } from '../tool.ts'
import { fakeModels, toolCall } from './fake/fake-models.ts'

const look = tool({
  name: 'look',
  description: 'Looks.',
  input: z.object({ at: z.number() }),
  effect: 'read',
  run: ({ at }) => `thing ${at}`,
})

/** Calls the tool three times, then answers. */
const models = ({ turn, model }: { turn: number; model: string }) =>
  turn < 3 ? { say: 'hm', call: { tool: 'look', input: { at: turn } } } : `done by ${model}`
const limits = { tokens: 1500 }
const common = { name: 'spender', model: 'a/dear', tools: [look], limits, maxOutputTokens: 1000 } as const

describe('a budget of tokens', () => {
  it('ends the run before the call that does not fit it', async () => {
    const run = await testAgent(defineAgent(common), { input: 'x'.repeat(1500), models, crash: { everyStep: true } })
    assert.equal(run.error?.code, 'BUDGET_EXHAUSTED')
    assert.match(run.error?.message ?? '', /budget/i)
  })

  it('goes on once a human has added to it', async () => {
    const asked: TestQuestion[] = []
    const answers = (question: TestQuestion) => {
      asked.push(question)
      return 5000
    }
    const agent = defineAgent({ ...common, budget: { exhausted: 'ask' } })
    const run = await testAgent(agent, { input: 'x'.repeat(1500), models, answers })
    assert.equal(run.output, 'done by dear')
    assert.equal(asked.length, 1)
    assert.match(asked[0]?.question ?? '', /budget run\/.* of 1500 tokens has no room/)
    await testAgent(agent, { input: 'x'.repeat(1500), models, answers, crash: { during: 'budget' } })
  })
})

describe('a budget of money', () => {
  it('that is used up lets the cheaper model go on', async () => {
    const agent = defineAgent({
      ...{ name: 'spender', model: 'fake/dear', maxOutputTokens: 1000, tools: [look] },
      limits: { cost: 1.5 },
      budget: { exhausted: { model: 'fake/cheap' } },
    })
    const usage = { input: 400, cachedInput: 0, cacheWrite: 0, output: 100, reasoning: 0 }
    const fakes = fakeModels(({ model, messages }) => {
      const content = messages.length < 6 ? [toolCall('look', { at: messages.length })] : [text(`done by ${model}`)]
      return { content, usage }
    })
    // Dollars for a million tokens: half a dollar a call, and a thousandth of that.
    const priceOf = (model: string) => (model === 'fake/dear' ? { input: 1000, output: 1000 } : { input: 1, output: 1 })
    const models = { ...fakes, describe: (model: string) => ({ ...fakes.describe(model), price: priceOf(model) }) }
    const run = await testAgent(agent, { input: 'go', models, crash: { after: 'model' } })
    assert.equal(run.output, 'done by fake/cheap')
    const outcomes = run.entries.flatMap(({ kind, data }) =>
      'charge' in data && data.charge !== undefined ? [`${kind} ${data.charge.model} ${data.charge.nanos}`] : [],
    )
    assert.deepEqual(outcomes, [
      'step-completed fake/dear 500000000',
      'step-completed fake/cheap 500000',
      'step-completed fake/cheap 500000',
      'step-completed fake/cheap 500000',
    ])
  })
})

function text(words: string) {
  return { type: 'text', text: words } as const
}
