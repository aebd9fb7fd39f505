import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testAgent } from 'agentpolis/testing'
import { startModel, type Turn } from '../../test/adapter/model.ts'
import { runKilled } from '../../test/adapter/run-killed.ts'
import { startService } from '../../test/adapter/service.ts'

const turns: readonly Turn[] = [
  [
    { name: 'findOrder', args: { order: '7' } },
    { name: 'findOrder', args: { order: '8' } },
  ],
  [{ name: 'refund', args: { order: '7', cents: 1200 } }],
  'Order 7 arrived broken, and is refunded. Order 8 is on its way.',
]
const answers = {
  'GET /orders/7': { order: '7', state: 'arrived broken', cents: 1200 },
  'GET /orders/8': { order: '8', state: 'on its way', cents: 900 },
  'POST /refunds': { refund: 'r1' },
}
const input = { question: 'What of my orders 7 and 8?' }

test('A process that is killed in the middle asks the model nothing twice, and refunds once', async () => {
  await using model = await startModel(turns)
  await using service = await startService(answers)
  const { output, streamed } = await runKilled({
    ...{ dir: import.meta.dirname, agent: 'order-desk', input, model, service },
    ...{ env: { SHOP_URL: service.url }, answer: { decision: 'approve' } },
  })
  assert.deepEqual(output, { answer: turns[2] })
  assert.equal(model.calls(), turns.length)
  assert.equal(streamed, turns[2])
  assert.equal(service.requests.filter((request) => request === 'POST /refunds').length, 1)
})

test('A crash at any moment changes nothing', async () => {
  await using model = await startModel(turns)
  await using service = await startService(answers)
  // Read when the agent is loaded.
  Object.assign(process.env, model.env, { SHOP_URL: service.url })
  const { default: agent } = await import('./agents/order-desk.ts')
  const run = await testAgent(agent, { input, answers: { approve: true }, crash: { everyStep: true }, timeout: '30s' })
  assert.deepEqual(run.output, { answer: turns[2] })
  assert.deepEqual(
    [...run.steps.keys()],
    ['model', 'findOrder', 'findOrder#2', 'model#2', 'approve', 'refund', 'model#3'],
  )
})
