import assert from 'node:assert/strict'
import { it } from 'node:test'
import { NO_USAGE } from '../../core/usage.ts'
import { createBed, step } from '../fake/test-bed.ts'

it('a paused run holds nothing of its budgets for a call that died with its worker (G8)', async () => {
  const usage = { ...NO_USAGE, input: 100 }
  const spend = { provider: 'acme', model: 'm', most: { tokens: 100, usage }, spent: () => ({ usage }) }
  let calls = 0
  const bed = createBed({
    agents: {
      agent: (scope) => step(scope, 'model', () => (++calls === 1 ? new Promise(() => {}) : 'done'), { spend }),
    },
    budgets: { agent: { run: { tokens: 1000 } } },
  })
  const standing = () => {
    const [found] = [...bed.state.budgets.values()]
    return [found?.settled.tokens, found?.reserved.tokens]
  }
  const first = await bed.open()
  const run = await bed.submit(null)
  await bed.idle()
  await bed.service.pause(bed.caller, run)
  first.kill()
  await bed.open()
  await bed.pass(5000)
  assert.equal((await bed.service.run(bed.caller, run)).status, 'paused')
  assert.deepEqual(standing(), [100, 0])
  await bed.service.resume(bed.caller, run)
  assert.equal((await bed.finish(run)).output, 'done')
  assert.deepEqual(standing(), [200, 0])
  assert.equal([...bed.state.charges.values()].length, 2)
})
