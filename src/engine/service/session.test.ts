import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBed, step } from '../fake/test-bed.ts'
import type { SubmitRequest } from './service.ts'

/** A bed whose agent appends its input to the session's state and then waits for a message. */
async function openBed() {
  let running = 0
  let most = 0
  const bed = createBed({
    agents: {
      agent: async (scope, input: string) => {
        most = Math.max(most, ++running)
        const before = ((await scope.getSession()) ?? []) as string[]
        await scope.setSession([...before, input])
        try {
          await scope.receive('go', undefined)
        } finally {
          await step(scope, 'clean', () => 1)
          running--
        }
        return input
      },
    },
  })
  await bed.open()
  const submit = (input: string, request: Partial<SubmitRequest> = {}) =>
    bed.submit(input, { session: 's', ...request })
  const go = (run: string) => bed.service.send(bed.caller, run, { name: 'go', data: 1 })
  const state = async () => (await bed.service.session(bed.caller, 's')).state
  return { bed, submit, go, state, most: () => most }
}

describe('runs of a session (G7)', () => {
  it('follow one another, and each sees the state of the one before', async () => {
    const { bed, submit, go, state, most } = await openBed()
    const runs = [await submit('a'), await submit('b')]
    await bed.idle()
    for (const run of runs) {
      await go(run)
      await bed.finish(run)
    }
    assert.deepEqual(await state(), ['a', 'b'])
    assert.equal(most(), 1)
  })

  it('are rejected while one is active, where the policy says so', async () => {
    const { bed, submit, go } = await openBed()
    const first = await submit('a')
    await assert.rejects(submit('b', { policy: 'reject' }), { code: 'SESSION_BUSY' })
    await go(first)
    await bed.finish(first)
    await submit('b', { policy: 'reject' })
  })

  it('interrupt and roll back also a paused one, which cleans up', async () => {
    for (const policy of ['interrupt', 'rollback'] as const) {
      const { bed, submit, go, state } = await openBed()
      const first = await submit('a')
      await bed.idle()
      await bed.service.pause(bed.caller, first)
      await bed.idle()
      assert.equal((await bed.service.run(bed.caller, first)).status, 'paused')
      const second = await submit('b', { policy })
      assert.equal((await bed.finish(first)).status, 'cancelled')
      assert.ok((await bed.kinds(first)).includes('step-completed'))
      await bed.idle()
      await go(second)
      assert.equal((await bed.finish(second)).output, 'b')
      assert.deepEqual(await state(), policy === 'interrupt' ? ['a', 'b'] : ['b'])
    }
  })

  it('interrupt the active one, whose state stays', async () => {
    const { bed, submit, go, state } = await openBed()
    const first = await submit('a')
    await bed.idle()
    const second = await submit('b', { policy: 'interrupt' })
    assert.equal((await bed.finish(first)).status, 'cancelled')
    await go(second)
    await bed.finish(second)
    assert.deepEqual(await state(), ['a', 'b'])
  })

  it('roll the active one back, asleep or not', async () => {
    for (const asleep of [false, true]) {
      const { bed, submit, go, state } = await openBed()
      const first = await submit('a')
      await (asleep ? bed.pass(1000) : bed.idle())
      const second = await submit('b', { policy: 'rollback' })
      assert.equal((await bed.finish(first)).status, 'cancelled')
      await go(second)
      await bed.finish(second)
      assert.deepEqual(await state(), ['b'])
    }
  })

  it('are not retried once the session went on, whose state they would take back', async () => {
    let broken = true
    const bed = createBed({
      agents: {
        agent: async (scope, input: string) => {
          const before = ((await scope.getSession()) ?? []) as string[]
          await step(scope, 'answer', () => (broken ? Promise.reject(new Error('broken')) : 1), { attempts: 1 })
          await scope.setSession([...before, input])
        },
      },
    })
    await bed.open()
    const say = async (input: string) => {
      const run = await bed.submit(input, { session: 's' })
      await bed.finish(run)
      return run
    }
    const [first, second] = [await say('a'), await say('b')]
    broken = false
    await bed.service.retry(bed.caller, first)
    await bed.finish(first)
    await assert.rejects(bed.service.retry(bed.caller, second), { code: 'CONFLICT' })
    await say('c')
    assert.deepEqual((await bed.service.session(bed.caller, 's')).state, ['a', 'c'])
  })
})
