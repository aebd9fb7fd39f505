import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBed, step } from '../fake/test-bed.ts'

describe('a consent', () => {
  it('is asked for anew by a retry, where the run failed with a no', async () => {
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          const look = () => Promise.reject(new Error('no room'))
          try {
            return await step(scope, 'look', look, { attempts: 1 })
          } catch (reason) {
            const may = await scope.ask('may', { question: 'More?', schema: {}, consent: true })
            if (may !== true) throw reason
            return step(scope, 'more', () => 'done with more')
          }
        },
      },
    })
    await bed.open()
    const run = await bed.submit(null)
    const answer = (may: boolean) => () => bed.service.answer(bed.caller, run, 'may', may)
    assert.equal((await bed.finish(run, answer(false))).status, 'failed')
    await bed.service.retry(bed.caller, run)
    assert.equal((await bed.finish(run, answer(true))).output, 'done with more')
  })
})
