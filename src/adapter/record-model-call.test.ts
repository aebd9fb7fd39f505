import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AgentOptions, defineAgent } from '../agent/define-agent.ts'
import { testAgent } from '../agent/testing/test-agent.ts'
import { NO_USAGE } from '../core/usage.ts'
import type { ModelCall } from './model-call.ts'
import { recordModelCall } from './record-model-call.ts'

const usage = { ...NO_USAGE, input: 10, output: 5 }

function agentOf(call: Partial<ModelCall>, more: Partial<Pick<AgentOptions<never, never, never>, 'limits'>> = {}) {
  return defineAgent({
    name: 'calls',
    ...more,
    run: (context) =>
      recordModelCall(
        { context, terms: {} },
        {
          ...{ provider: 'unknown', model: 'm', prompt: 'hi', maxOutputTokens: 100 },
          call: async () => ({ text: 'hello' }),
          usage: () => usage,
          ...call,
        },
      ),
  })
}

test('A model call is booked in the commit that records it, once, whatever crashes', async () => {
  const run = await testAgent(agentOf({}), { input: {}, crash: { everyStep: true } })
  assert.deepEqual(run.output, { text: 'hello' })
  const charges = run.entries.flatMap(({ data }) =>
    'charge' in data && data.charge !== undefined ? [data.charge] : [],
  )
  assert.equal(charges.length, 1)
  assert.deepEqual(charges[0]?.usage, usage)
  assert.equal(charges[0]?.nanos, undefined, 'a price that nobody knows is not 0')
})

test('A budget refuses a call that it has no room for, and one whose answer has no limit', async () => {
  const limits = { tokens: 50 }
  const large = await testAgent(agentOf({}, { limits }), { input: {} })
  assert.equal(large.error?.code, 'BUDGET_EXHAUSTED')
  const small = await testAgent(agentOf({ maxOutputTokens: 20 }, { limits }), { input: {} })
  assert.equal(small.status, 'completed')
  const endless = await testAgent(agentOf({ maxOutputTokens: undefined }, { limits }), { input: {} })
  assert.equal(endless.status, 'failed')
})
