import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import { setBehind } from '../agent/behind-context.ts'
import type { Context } from '../agent/context.ts'
import { defineAgent } from '../agent/define-agent.ts'
import { testAgent } from '../agent/testing/test-agent.ts'
import { PolisError } from '../core/error.ts'
import { manualClock } from '../core/manual-clock.ts'
import { noModels } from '../core/model.ts'
import type { Scope } from '../engine/scope.ts'
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

test('Nothing more is called once the run is cancelled', async () => {
  const context = {} as Context
  const reason = new PolisError('CANCELLED', 'enough')
  const scope = { signal: () => AbortSignal.abort(reason) } as Scope
  setBehind(context, {
    scope,
    models: noModels,
    clock: manualClock(),
    defaults: { timeout: 1, toolTimeout: 1, questionTimeout: 1, drain: 1 },
  })
  const call = () => assert.fail('it was called')
  const recorded = recordCall({ context, terms: {} }, { kind: 'tool', name: 'a', hash: undefined, terms: {}, call })
  await assert.rejects(recorded, reason)
})

test('Any name that a library gives becomes the name of a step', () => {
  assert.equal(stepName('server.tool/x'), 'server_tool_x')
  assert.equal(stepName('Front office'), 'Front_office')
  assert.equal(stepName('7'), 'x7')
  assert.equal(stepName('a'.repeat(100)).length, 63)
})
