import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PolisError } from '../../core/error.ts'
import { silentLog } from '../../telemetry/log.ts'
import { silentMetrics } from '../../telemetry/metrics.ts'
import { createBed, step, terms } from '../fake/test-bed.ts'
import { submitRun } from '../service/submit.ts'
import { toSubmit } from '../submission.ts'

describe('a worker', () => {
  it('executes what a claim gave to it whose answer was lost', async () => {
    const bed = createBed({ agents: { agent: async (scope) => step(scope, 'work', () => scope.record.epoch) } })
    const run = await bed.submit(null)
    await bed.open({ losesClaim: (claim) => claim === 1 })
    assert.equal((await bed.finish(run)).output, 1)
  })

  it('executes what a submit gave to it whose answer was lost, and once only', async () => {
    let calls = 0
    const bed = createBed({ agents: { agent: (scope) => step(scope, 'work', () => ++calls) } })
    const { worker, store } = await bed.open()
    await bed.idle()
    const lossy = {
      ...store.journal,
      async submit(submit: Parameters<typeof store.journal.submit>[0]) {
        await store.journal.submit(submit)
        throw new PolisError('STORE_UNAVAILABLE', 'A test lost this answer')
      },
    }
    const agent = { name: 'agent', description: '', release: 'r1', input: {}, output: {}, limits: {} }
    const dependencies = {
      ...{ agents: () => [{ ...agent, session: 'enqueue' as const }], ids: bed.ids, clock: bed.clock },
      ...{ log: silentLog, metrics: silentMetrics, worker },
    }
    const request = { agent: 'agent', input: null, key: 'once' }
    const submit = (journal: typeof store.journal) =>
      submitRun({ ...dependencies, store: { ...store, journal } }, bed.caller, request)
    await assert.rejects(submit(lossy), { code: 'STORE_UNAVAILABLE' })
    const { run, duplicate } = await submit(store.journal)
    assert.deepEqual([duplicate, (await bed.finish(run.run)).output, calls], [true, 1, 1])
  })

  it('executes once a run of which both a claim and a submit told it', async () => {
    let calls = 0
    const bed = createBed({ agents: { agent: (scope) => step(scope, 'work', () => ++calls) } })
    const { worker, store } = await bed.open()
    await bed.idle()
    const origin = { tenant: bed.caller.tenant, run: bed.ids.run(), agent: 'agent', release: 'r1', input: null }
    const submit = { ...toSubmit({ ...origin, time: bed.clock.now() }), claim: { worker: worker.id } }
    const outcome = await store.journal.submit(submit)
    assert.ok(outcome.kind === 'submitted')
    worker.take(outcome.record, submit)
    worker.take(outcome.record, submit)
    assert.equal((await bed.finish(origin.run)).output, 1)
    assert.equal(calls, 1)
  })

  it('looks for work when something changed, but not where the store says that none waits', async () => {
    const claims: number[] = []
    let waiting = false
    const bed = createBed({ agents: { agent: async () => 'done' } })
    await bed.open({ losesClaim: (claim) => claims.push(claim) === 0, waiting: () => waiting })
    await bed.idle()
    const before = claims.length
    const first = await bed.submit(null)
    await bed.idle()
    assert.equal(claims.length, before)
    waiting = true
    const second = await bed.submit(null)
    for (const run of [first, second]) assert.equal((await bed.finish(run)).output, 'done')
  })

  it('takes runs that were submitted for a worker that had left', async () => {
    const bed = createBed({ agents: { agent: async () => 'done' } })
    const process = await bed.open()
    await process.worker.stop({ timeout: 0 })
    const run = await bed.submit(null)
    await process.store.coordination.claim({
      ...{
        worker: process.worker.id,
        now: bed.clock.now(),
        slots: 1,
        releases: { agent: 'r1' },
        limits: { perAgent: {} },
      },
    })
    assert.equal((await bed.service.run(bed.caller, run)).status, 'running')
    await bed.open()
    assert.equal((await bed.finish(run)).output, 'done')
  })

  it('puts a run aside whose once step kills its worker each time, though each attempt writes an intent', async () => {
    let calls = 0
    const bed = createBed({
      agents: {
        agent: (scope) =>
          scope.step(
            'deadly',
            () => {
              calls++
              process.kill()
              return new Promise(() => {})
            },
            terms({ effect: 'once', uncertain: 'retry' }),
          ),
      },
    })
    let process = await bed.open()
    const run = await bed.submit(null)
    const reopen = async () => {
      if (process.dead) process = await bed.open()
    }
    assert.equal((await bed.finish(run, reopen)).status, 'dead')
    assert.equal(calls, 3)
  })
})
