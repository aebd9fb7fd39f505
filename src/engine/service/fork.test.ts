import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBed, runOnce, step } from '../fake/test-bed.ts'

describe('fork', () => {
  it('copies what is recorded, executes the rest under keys of its own', async () => {
    const keys: string[] = []
    const { bed, run } = await runOnce(async (scope) => {
      await step(scope, 'one', ({ key }) => keys.push(key))
      return step(scope, 'two', ({ key }) => keys.push(key))
    })
    const at = (await bed.kinds(run)).indexOf('step-completed') + 1
    const fork = await bed.service.fork(bed.caller, run, { at })
    assert.equal((await bed.finish(fork.run)).status, 'completed')
    assert.deepEqual(keys, [`${run}/one`, `${run}/two`, `${fork.run}/two`])
    await assert.rejects(bed.service.fork(bed.caller, run, { at: 999 }), { code: 'INVALID_ARGUMENT' })
  })

  it('asks for a consent anew unless it has what that allowed', async () => {
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          const may = await scope.branch('b', async (lane) => {
            const may = await lane.ask('may', { question: 'May it?', schema: {}, consent: true })
            if (may) await step(lane, 'pay', () => 1)
            return may
          })
          await step(scope, may ? 'paid' : 'unpaid', () => 1)
          return step(scope, 'last', () => 1)
        },
      },
    })
    await bed.open()
    const run = await bed.submit(null)
    const answer = (of: string, may = true) => bed.service.answer(bed.caller, of, 'b/may', may)
    await bed.finish(run, () => answer(run))
    const kinds = await bed.kinds(run)
    const early = await bed.service.fork(bed.caller, run, { at: kinds.indexOf('question-answered') + 1 })
    let asked = 0
    await bed.finish(early.run, () => answer(early.run).then(() => void asked++))
    assert.equal(asked, 1)
    const late = await bed.service.fork(bed.caller, run, { at: kinds.indexOf('step-completed') + 1 })
    assert.equal((await bed.finish(late.run)).status, 'completed')
    const declined = await bed.submit(null)
    await bed.finish(declined, () => answer(declined, false))
    assert.equal((await bed.finish((await bed.service.fork(bed.caller, declined)).run)).status, 'completed')
  })

  it('asks for all consents anew that were asked for together', async () => {
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          const ask = (name: string) => scope.ask(name, { question: name, schema: {}, consent: true })
          await Promise.all([ask('a'), ask('b')])
          return step(scope, 'pay', () => 1)
        },
      },
    })
    await bed.open()
    const run = await bed.submit(null)
    const answer = (of: string) => async () => {
      for (const { id } of (await bed.service.questions(bed.caller, { run: of }, { limit: 9 })).items) {
        await bed.service.answer(bed.caller, of, id, true)
      }
    }
    await bed.finish(run, answer(run))
    const fork = await bed.service.fork(bed.caller, run, {
      at: (await bed.kinds(run)).lastIndexOf('question-answered') + 1,
    })
    await bed.idle()
    assert.equal((await bed.service.questions(bed.caller, { run: fork.run }, { limit: 9 })).items.length, 2)
    await bed.finish(fork.run, answer(fork.run))
  })

  it('of a run that was retried holds the last attempt alone', async () => {
    let broken = true
    let calls = 0
    const { bed, run } = await runOnce(async (scope) => {
      const one = await step(
        scope,
        'one',
        () => {
          calls++
          if (broken) throw new Error('broken')
          return 1
        },
        { attempts: 1, effect: 'once' },
      )
      return [one, await step(scope, 'two', () => ++calls)]
    })
    broken = false
    await bed.service.retry(bed.caller, run)
    const view = await bed.finish(run)
    const fork = await bed.service.fork(bed.caller, run)
    assert.deepEqual((await bed.finish(fork.run)).output, view.output)
    assert.equal(calls, 3)
  })

  it('of a cancelled run is not cancelled, and does again what its cleanup did', async () => {
    let patient = false
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          const one = await step(scope, 'one', () => 1)
          try {
            await step(scope, 'two', () => (patient ? 2 : new Promise(() => {})))
          } finally {
            await step(scope, 'clean', () => 1)
          }
          return one
        },
      },
    })
    await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    await bed.service.cancel(bed.caller, run)
    assert.equal((await bed.finish(run)).status, 'cancelled')
    patient = true
    const fork = await bed.service.fork(bed.caller, run)
    assert.equal((await bed.finish(fork.run)).output, 1)
  })

  it('of a run in a session takes the path that was taken there, and leaves the session alone', async () => {
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          if (scope.record.session === undefined) return 'nowhere'
          const before = await scope.getSession()
          await step(scope, 'think', () => 1)
          await scope.setSession([before, 'said'])
          return before
        },
      },
    })
    await bed.open()
    await bed.finish(await bed.submit(null, { session: 's' }))
    const run = await bed.submit(null, { session: 's' })
    await bed.finish(run)
    const thought = (await bed.entries(run)).find(({ data }) => 'id' in data && data.id === 'think')
    for (const at of [undefined, (thought?.sequence ?? 0) - 1]) {
      const fork = await bed.service.fork(bed.caller, run, at === undefined ? {} : { at })
      assert.deepEqual((await bed.finish(fork.run)).output, [null, 'said'])
    }
    const { state } = await bed.service.session(bed.caller, 's')
    assert.deepEqual(state, [[null, 'said'], 'said'])
  })

  it('of a diverged run begins before the divergence', async () => {
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          await step(scope, 'old', () => 1)
          await scope.ask('q', { question: '?', schema: {} })
        },
      },
    })
    const first = await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    first.kill()
    await bed.open({ agents: { agent: (scope) => step(scope, 'new', () => 'new') } })
    await bed.service.answer(bed.caller, run, 'q', 1)
    const view = await bed.finish(run)
    assert.deepEqual([view.status, view.error?.code], ['diverged', 'DIVERGED'])
    const fork = await bed.service.fork(bed.caller, run)
    assert.equal((await bed.finish(fork.run)).output, 'new')
  })
})
