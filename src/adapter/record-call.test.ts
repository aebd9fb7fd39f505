import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import { defineAgent } from '../agent/define-agent.ts'
import { testAgent } from '../agent/testing/test-agent.ts'
import { recordCall } from './record-call.ts'
import { stepName } from './step-name.ts'

test('A call finds what its library keeps for it, also when it is made by a process that took the run over', async () => {
  const library = new AsyncLocalStorage<string>()
  const agent = defineAgent({
    name: 'library',
    run: (context) =>
      library.run('here', async () => {
        const ask = (name: string) =>
          recordCall(
            { context, terms: {} },
            {
              kind: 'tool',
              name,
              hash: undefined,
              terms: { effect: 'read' },
              call: () => library.getStore() ?? 'nowhere',
            },
          )
        return [await ask('first'), await ask('second'), library.getStore()]
      }),
  })
  const run = await testAgent(agent, { input: {}, crash: { everyStep: true } })
  assert.deepEqual(run.output, ['here', 'here', 'here'])
})

test('Any name that a library gives becomes the name of a step', () => {
  assert.equal(stepName('server.tool/x'), 'server_tool_x')
  assert.equal(stepName('Front office'), 'Front_office')
  assert.equal(stepName('7'), 'x7')
  assert.equal(stepName('a'.repeat(100)).length, 63)
})
