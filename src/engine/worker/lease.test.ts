import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBed, step } from '../fake/test-bed.ts'

describe('a worker whose lease was lost', () => {
  it('aborts its steps, writes nothing of them, and goes on under another lease (invariant 4, G2)', async () => {
    const calls: { readonly signal: AbortSignal; readonly end: (value: string) => void }[] = []
    const bed = createBed({
      agents: {
        agent: (scope) => step(scope, 'work', ({ signal }) => new Promise((end) => calls.push({ signal, end }))),
      },
    })
    const { worker, store } = await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    const lease = worker.id
    store.expire(lease)
    await bed.pass(1000)
    assert.deepEqual(
      calls.map(({ signal }) => signal.aborted),
      [true, false],
    )
    calls[0]?.end('late')
    await bed.idle()
    assert.deepEqual(await bed.kinds(run), ['run-submitted'])
    calls[1]?.end('in time')
    const { output } = await bed.finish(run)
    assert.equal(output, 'in time')
    assert.notEqual(worker.id, lease)
    assert.deepEqual(
      (await bed.service.workers()).map(({ worker: id }) => id),
      [worker.id],
    )
  })

  it('calls no step once its lease may be over, whether it heard of it or not (G3)', async () => {
    const calls: string[] = []
    const end = Promise.withResolvers<void>()
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          await step(scope, 'first', () => end.promise)
          return step(scope, 'second', () => calls.push(worker.id))
        },
      },
    })
    const { worker, store } = await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    const lease = worker.id
    store.expire(lease)
    end.resolve()
    await bed.idle()
    assert.deepEqual(await bed.kinds(run), ['run-submitted', 'step-completed'])
    assert.deepEqual(calls, [])
    await bed.finish(run)
    assert.deepEqual(calls, [worker.id])
    assert.notEqual(worker.id, lease)
  })

  it('takes another one only once the store is back, and claims nothing until then', async () => {
    let away = false
    const bed = createBed({ agents: { agent: async () => 'done' } })
    const cut = await bed.open({ faults: ({ when }) => (away && when === 'before' ? 'fail' : undefined) })
    const lease = cut.worker.id
    away = true
    cut.store.expire(lease)
    const other = await bed.open()
    await bed.pass(30_000)
    await other.worker.stop({ timeout: 0 })
    const run = await bed.submit(null)
    await bed.pass(5000)
    assert.equal((await bed.service.run(bed.caller, run)).status, 'queued')
    away = false
    await bed.pass(5000)
    assert.equal((await bed.service.run(bed.caller, run)).status, 'completed')
    assert.notEqual(cut.worker.id, lease)
  })

  it('takes none once it was asked to stop', async () => {
    let away = false
    const bed = createBed({ agents: { agent: async () => 'done' } })
    const cut = await bed.open({ faults: ({ when }) => (away && when === 'before' ? 'fail' : undefined) })
    away = true
    cut.store.expire(cut.worker.id)
    const other = await bed.open()
    await bed.pass(1000)
    await cut.worker.stop({ timeout: 0 })
    away = false
    await bed.pass(10_000)
    assert.deepEqual(
      (await bed.service.workers()).map(({ worker }) => worker),
      [other.worker.id],
    )
  })
})

describe('a worker whose store is away', () => {
  it('keeps the results of the steps that executed, starts no other, and records them once the store is back', async () => {
    let away = false
    let groups = 0
    const calls: string[] = []
    const waiting: (() => void)[] = []
    const bed = createBed({
      agents: {
        agent: (scope) =>
          scope.all(
            ['a', 'b', 'c'].map((name) => [
              name,
              async (lane) => {
                for (let index = 0; index < 4; index++)
                  await step(lane, 'work', () => {
                    calls.push(`${name}${index}`)
                    return index > 0 ? index : new Promise<void>((resolve) => waiting.push(resolve))
                  })
              },
            ]),
          ),
      },
    })
    await bed.open({
      faults({ when }) {
        if (when === 'before') groups++
        return away && when === 'before' ? 'fail' : undefined
      },
    })
    const run = await bed.submit(null)
    await bed.idle()
    away = true
    groups = 0
    for (const end of waiting) end()
    await bed.pass(60_000)
    assert.deepEqual(calls, ['a0', 'b0', 'c0'])
    // Of commits, claims and looks for the dead alike, and none of them more often than it has to be.
    assert.ok(groups < 60 * 5, `${groups} calls in a minute`)
    away = false
    assert.equal((await bed.finish(run)).status, 'completed')
    assert.equal(calls.length, 12)
    assert.equal(new Set(calls).size, 12)
  })
})
