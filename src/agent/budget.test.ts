import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toBudgets } from './budget.ts'
import { defineAgent } from './define-agent.ts'

const run = async () => null

describe('budgets of an agent', () => {
  it('are tokens and nanodollars for a run, a session and a day', () => {
    const agent = defineAgent({
      name: 'writer',
      limits: { tokens: 1000, cost: 0.5, steps: 3 },
      budget: { session: { cost: 2 }, day: { tokens: 9, cost: 10 }, exhausted: 'ask' },
      run,
    })
    assert.deepEqual(toBudgets(agent), {
      run: { tokens: 1000, nanos: 500_000_000 },
      session: { nanos: 2_000_000_000 },
      day: { tokens: 9, nanos: 10_000_000_000 },
    })
  })

  it('are none where nothing is limited', () => {
    assert.equal(toBudgets(defineAgent({ name: 'writer', limits: { steps: 3 }, budget: { day: {} }, run })), undefined)
  })

  it('that make no sense are refused, by the name of their option', () => {
    const refused = (options: object, option: RegExp) =>
      assert.throws(() => defineAgent({ name: 'writer', run, ...options }), { code: 'INVALID_CONFIG', message: option })
    refused({ limits: { tokens: 0 } }, /limits\.tokens/)
    refused({ limits: { tokens: 1.5 } }, /limits\.tokens/)
    refused({ limits: { cost: -1 } }, /limits\.cost/)
    refused({ budget: { session: { cost: Number.NaN } } }, /budget\.session\.cost/)
    refused({ budget: { day: 5 } }, /budget\.day/)
    refused({ budget: 5 }, /option budget/)
    refused({ budget: { exhausted: 'stop' } }, /budget\.exhausted/)
  })
})
