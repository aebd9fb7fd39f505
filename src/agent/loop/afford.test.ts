import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PolisError } from '../../core/error.ts'
import { defineAgent } from '../define-agent.ts'
import { testAgent } from '../testing/test-agent.ts'
import type { TestQuestion } from '../testing/test-options.ts'
import { fakeModels } from './fake/fake-models.ts'

const exhausted = (unit: 'tokens' | 'nanos') =>
  new PolisError('BUDGET_EXHAUSTED', 'no room', {
    details: { key: 'run/x', unit, limit: 2e9, settled: 1.5e9, reserved: 0, wanted: 1e9 },
  })

/** A model whose budget has no room until a human added to it; as the engine refuses a call before it is made. */
function expensive(unit: 'tokens' | 'nanos', asked: TestQuestion[]) {
  return fakeModels(({ model }) => {
    if (model === 'fake/dear' && asked.length === 0) throw exhausted(unit)
    return `${model} answers`
  })
}

describe('a budget that is used up', () => {
  it('fails the run, unless the agent says otherwise', async () => {
    const agent = defineAgent({ name: 'spender', model: ['fake/dear', 'fake/next'] })
    const run = await testAgent(agent, { input: 'go', models: expensive('nanos', []) })
    assert.equal(run.error?.code, 'BUDGET_EXHAUSTED')
  })

  it('goes on with the cheaper model, for the rest of the run', async () => {
    const agent = defineAgent({ name: 'spender', model: 'fake/dear', budget: { exhausted: { model: 'fake/cheap' } } })
    const run = await testAgent(agent, { input: 'go', models: expensive('nanos', []), crash: { everyStep: true } })
    assert.equal(run.output, 'fake/cheap answers')
  })

  it('has a human asked, who sees the amounts and adds to it', async () => {
    const agent = defineAgent({ name: 'spender', model: 'fake/dear', budget: { exhausted: 'ask' } })
    for (const [unit, shown] of [
      ['nanos', /The budget run\/x of \$2\.00 .* \$1\.50 are used, .* may take \$1\.00\. How many dollars more/],
      ['tokens', /of 2000000000 tokens .* How many tokens more/],
    ] as const) {
      const asked: TestQuestion[] = []
      const answers = (question: TestQuestion) => {
        asked.push(question)
        return 3
      }
      const run = await testAgent(agent, { input: 'go', models: expensive(unit, asked), answers })
      assert.equal(run.output, 'fake/dear answers')
      assert.match(asked[0]?.question ?? '', shown)
      const raised = run.entries.find(({ kind }) => kind === 'budget-raised')
      assert.deepEqual(
        JSON.parse(JSON.stringify(raised?.data)).amounts,
        unit === 'nanos' ? { nanos: 3e9 } : { tokens: 3 },
      )
    }
  })

  it('ends the run when the human adds nothing', async () => {
    const agent = defineAgent({ name: 'spender', model: 'fake/dear', budget: { exhausted: 'ask' } })
    const run = await testAgent(agent, { input: 'go', models: expensive('nanos', []), answers: { budget: 0 } })
    assert.equal(run.error?.code, 'BUDGET_EXHAUSTED')
  })

  it('does the same for calls that code makes', async () => {
    const agent = defineAgent({
      name: 'spender',
      budget: { exhausted: { model: 'fake/cheap' } },
      run: async (context) => (await context.generate({ model: 'fake/dear', prompt: 'go' })).text,
    })
    const run = await testAgent(agent, { input: {}, models: expensive('nanos', []), crash: { everyStep: true } })
    assert.equal(run.output, 'fake/cheap answers')
  })
})
