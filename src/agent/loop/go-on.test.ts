import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineScript } from '../../model/scripted/script.ts'
import { defineAgent } from '../define-agent.ts'
import { testAgent } from '../testing/test-agent.ts'

const agent = defineAgent({ name: 'greeter', model: ['demo/first', 'demo/second'], instructions: 'Greet.' })

function script(retryAfter: number) {
  return defineScript([
    { when: { model: 'first' }, fault: { kind: 'rate-limit', retryAfter, times: 1 }, say: 'from the first' },
    { say: 'from the second' },
  ])
}

test('A model that asks for a short wait is asked again, one that asks for a long one gives way to the next', async () => {
  const short = await testAgent(agent, { input: 'Hello', models: script(2000) })
  assert.equal(short.output, 'from the first')
  const long = await testAgent(agent, { input: 'Hello', models: script(600_000) })
  assert.equal(long.output, 'from the second')
})

test('The last model of a chain is waited for', async () => {
  const alone = defineAgent({ name: 'alone', model: 'demo/first', instructions: 'Greet.' })
  const run = await testAgent(alone, { input: 'Hello', models: script(600_000) })
  assert.equal(run.output, 'from the first')
})
