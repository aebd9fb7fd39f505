import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testAgent } from 'agentpolis/testing'
import { startModel, type Turn } from '../../test/adapter/model.ts'
import { runKilled } from '../../test/adapter/run-killed.ts'
import { startService } from '../../test/adapter/service.ts'

const turns: readonly Turn[] = [
  [
    { name: 'find_trains', args: { from: 'Rome', to: 'Oslo' } },
    { name: 'find_trains', args: { from: 'Oslo', to: 'Rome' } },
  ],
  [{ name: 'book_train', args: { train: 'ICE 1' } }],
  'ICE 1 is booked.',
]
const answers = {
  'GET /trains/Rome/Oslo': ['ICE 1'],
  'GET /trains/Oslo/Rome': ['ICE 2'],
  'POST /bookings': { booking: 'b1' },
}
const input = { wish: 'Rome to Oslo and back' }

test('A process that is killed in the middle asks the model nothing twice, and books once', async () => {
  await using model = await startModel(turns)
  await using service = await startService(answers)
  const { output, streamed } = await runKilled({
    ...{ dir: import.meta.dirname, agent: 'trip-planner', input, model, service },
    ...{ env: { TRAVEL_URL: service.url }, answer: { approved: true } },
  })
  assert.deepEqual(output, { plan: turns[2] })
  assert.equal(model.calls(), turns.length)
  assert.equal(streamed, turns[2])
  assert.equal(service.requests.filter((request) => request === 'POST /bookings').length, 1)
})

test('A crash at any moment changes nothing, and a booking that is refused is not made', async () => {
  await using model = await startModel(turns)
  await using service = await startService(answers)
  // Read when the agent is loaded.
  Object.assign(process.env, model.env, { TRAVEL_URL: service.url })
  const { default: agent } = await import('./agents/trip-planner.ts')
  const approved = { interrupt: { approved: true } }
  const run = await testAgent(agent, { input, answers: approved, crash: { everyStep: true }, timeout: '30s' })
  assert.deepEqual(run.output, { plan: turns[2] })
  assert.deepEqual(
    [...run.steps.keys()],
    [
      ...['plan/model', 'tools/find_trains', 'tools/find_trains#2'],
      ...['plan#2/model', 'interrupt', 'tools#2/book_train', 'plan#3/model'],
    ],
  )
  const refused = await testAgent(agent, { input, answers: { interrupt: { approved: false } } })
  assert.deepEqual(refused.output, { plan: 'Nothing was booked.' })
})
