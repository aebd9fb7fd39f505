import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testAgent } from 'agentpolis/testing'
import { startModel, type Turn } from '../../test/adapter/model.ts'
import { runKilled } from '../../test/adapter/run-killed.ts'
import { startService } from '../../test/adapter/service.ts'

const turns: readonly Turn[] = [
  [{ name: 'transfer_to_Accountant', args: {} }],
  [
    { name: 'find_invoice', args: { invoice: '7' } },
    { name: 'find_invoice', args: { invoice: '8' } },
  ],
  [{ name: 'cancel_invoice', args: { invoice: '7' } }],
  'Invoice 7 is cancelled. Invoice 8 is paid.',
]
const answers = {
  'GET /invoices/7': { invoice: '7', state: 'wrong' },
  'GET /invoices/8': { invoice: '8', state: 'paid' },
  'POST /cancellations': { cancellation: 'c1' },
}
const input = { question: 'What of invoices 7 and 8?' }

test('A process that is killed in the middle asks the model nothing twice, and cancels once', async () => {
  await using model = await startModel(turns)
  await using service = await startService(answers)
  const { output, streamed } = await runKilled({
    ...{ dir: import.meta.dirname, agent: 'front-office', input, model, service },
    ...{ env: { BILLING_URL: service.url }, answer: { decision: 'approve' } },
  })
  assert.deepEqual(output, { answer: turns[3] })
  assert.equal(model.calls(), turns.length)
  assert.equal(streamed, turns[3])
  assert.equal(service.requests.filter((request) => request === 'POST /cancellations').length, 1)
})

test('A crash at any moment changes nothing', async () => {
  await using model = await startModel(turns)
  await using service = await startService(answers)
  // Read when the agent is loaded.
  Object.assign(process.env, model.env, { BILLING_URL: service.url })
  const { default: agent } = await import('./agents/front-office.ts')
  const run = await testAgent(agent, { input, answers: { approve: true }, crash: { everyStep: true }, timeout: '30s' })
  assert.deepEqual(run.output, { answer: turns[3] })
  assert.deepEqual(
    [...run.steps.keys()],
    ['model', 'model#2', 'find_invoice', 'find_invoice#2', 'model#3', 'approve', 'cancel_invoice', 'model#4'],
  )
})
