import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { type AgentCode, type BedOptions, createBed, runOnce, step } from '../fake/test-bed.ts'

async function started(code: AgentCode, options: Parameters<typeof runOnce>[2] = {}) {
  const bed = createBed({ ...options, agents: { agent: code, ...options?.agents } })
  const process = await bed.open()
  const run = await bed.submit(null)
  await bed.idle()
  return { bed, run, process }
}

describe('a run in memory', () => {
  it('commits entries in the order of their sequence, one commit at a time, also when answers are lost (invariant 1, G4)', async () => {
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          const lanes = ['a', 'b', 'c'].map(
            (name) => [name, (lane: typeof scope) => step(lane, name, () => turn())] as const,
          )
          for (let round = 0; round < 3; round++) await scope.all(lanes)
          return 'done'
        },
      },
    })
    await bed.open({ losesAnswer: (append) => append % 2 === 0 })
    const run = await bed.submit(null)
    assert.equal((await bed.finish(run)).output, 'done')
    const sequences = (await bed.entries(run)).map(({ sequence }) => sequence)
    assert.deepEqual(
      sequences,
      sequences.map((_, at) => at + 1),
    )
    assert.equal((await bed.kinds(run)).filter((kind) => kind === 'step-completed').length, 9)
  })

  it('keeps results while the store is away, and calls nothing again (invariant 2)', async () => {
    let calls = 0
    const bed = createBed({ agents: { agent: (scope) => step(scope, 'pay', () => ++calls, { effect: 'once' }) } })
    let away = 0
    await bed.open({ faults: ({ when, group }) => (when === 'before' && group > 4 && away++ < 6 ? 'fail' : undefined) })
    const run = await bed.submit(null)
    assert.equal((await bed.finish(run)).output, 1)
    assert.equal(calls, 1)
  })

  it('gives the code nothing before it is durable (invariant 2)', async () => {
    const seen: boolean[] = []
    const { view } = await runOnce(async (scope) => {
      for (const name of ['a', 'b']) {
        await step(scope, name, () => name)
        seen.push(true)
      }
      return seen.length
    })
    assert.equal(view.output, 2)
    const lost = createBed({
      agents: {
        agent: async (scope) => {
          await step(scope, 'a', () => 1)
          seen.push(false)
        },
      },
    })
    await lost.open({ faults: ({ when, group }) => (when === 'before' && group > 3 ? 'crash' : undefined) })
    await lost.submit(null)
    await lost.pass(1000)
    assert.ok(!seen.includes(false))
  })

  it('hands several results of one commit out in turns of their own, live as replayed (invariant 2)', async () => {
    const orders: string[][] = []
    const { bed, run, process } = await started(async (scope) => {
      const order: string[] = []
      orders.push(order)
      const each = async (name: string) => {
        await step(scope, name, () => name)
        order.push(name)
        for (let hop = 0; hop < 20; hop++) await null
        order.push(`${name} later`)
      }
      await Promise.all([each('a'), each('b'), each('c')])
      await scope.ask('q', { question: '?', schema: {} })
    })
    process.kill()
    await bed.open()
    await bed.service.answer(bed.caller, run, 'q', 1)
    await bed.finish(run)
    assert.deepEqual(orders[0], ['a', 'a later', 'b', 'b later', 'c', 'c later'])
    assert.deepEqual(orders[1], orders[0])
  })

  it('starts nothing new while recorded results remain, or recorded operations were not asked for (invariant 3)', async () => {
    const calls: string[] = []
    const once = { effect: 'once', uncertain: 'retry' } as const
    const { bed, run, process } = await started(async (scope) => {
      await scope.branch('a', (lane) => step(lane, 'pay', () => new Promise(() => {}), once))
    })
    process.kill()
    // The branch has another name: the intent of a/pay is not asked for.
    await bed.open({
      agents: { agent: (scope) => scope.branch('b', (lane) => step(lane, 'pay', () => calls.push('pay'), once)) },
    })
    const view = await bed.finish(run)
    assert.equal(view.status, 'diverged')
    assert.deepEqual(calls, [])
  })

  it('has what is recorded durable before it calls a function that may depend on it (invariant 4)', async () => {
    const durable: boolean[] = []
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          const id = scope.value('uuid.value', () => String(durable.length))
          await step(scope, 'use', async () => {
            durable.push((await bed.kinds(scope.record.run)).includes('value-recorded'))
            return id
          })
          await scope.ask('q', { question: '?', schema: {} })
          return id
        },
      },
    })
    const process = await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    process.kill()
    await bed.open()
    await bed.service.answer(bed.caller, run, 'q', 1)
    assert.equal((await bed.finish(run)).output, '0')
    assert.deepEqual(durable, [true])
  })

  it('that was dropped commits nothing and settles nothing (invariant 5, G2)', async () => {
    const settled: unknown[] = []
    const late = Promise.withResolvers<string>()
    let calls = 0
    const { bed, run, process } = await started(async (scope) => {
      const result = await step(scope, 's', () => (++calls === 1 ? late.promise : 'second'))
      settled.push(result)
      return result
    })
    // Its lease is lost, the worker itself lives on.
    bed.state.leases.clear()
    await bed.open()
    const view = await bed.finish(run)
    late.resolve('first')
    await bed.idle()
    assert.equal(process.worker.active(), 0)
    assert.equal(view.output, 'second')
    assert.deepEqual(settled, ['second'])
  })

  it('goes on after a question that was answered while its timeout was being recorded', async () => {
    const { bed, run } = await started(async (scope) => {
      const [answer, other] = await scope.all([
        ['q', (lane) => lane.ask('q', { question: '?', schema: {}, timeout: 50 })],
        [
          's',
          async (lane) => {
            await lane.sleep(50)
            return step(lane, 's', () => 's')
          },
        ],
      ])
      return [answer, other]
    })
    await bed.service.answer(bed.caller, run, 'all/q/q', 'answer')
    bed.clock.advance(50)
    assert.deepEqual((await bed.finish(run)).output, ['answer', 's'])
    const sequences = (await bed.entries(run)).map(({ sequence }) => sequence)
    assert.deepEqual(
      sequences,
      sequences.map((_, at) => at + 1),
    )
  })
})

describe('a limit', () => {
  it('of steps, of time or of bytes fails the run that reaches it, and says what to do', async () => {
    const endless: AgentCode = async (scope) => {
      for (;;) await step(scope, 's', () => 'x'.repeat(1000))
    }
    const steps = await runOnce(endless, null, { limits: { agent: { steps: 5 } } })
    assert.match(steps.view.error?.message ?? '', /limits.steps/)
    const bytes = await runOnce(endless, null, { settings: { maxJournalBytes: 20_000 } })
    assert.equal(bytes.view.error?.code, 'JOURNAL_LIMIT')
    const time = await runOnce((scope) => scope.sleep(1e9), null, { limits: { agent: { duration: 5000 } } })
    assert.equal(time.view.error?.code, 'TIMEOUT')
  })

  it('that was reached ends the run the same way after a crash, whatever is recorded', async () => {
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          for (;;) await step(scope, 's', () => 'x'.repeat(1000))
        },
      },
      settings: { maxJournalBytes: 20_000 },
    })
    let bytes = 0
    const isLast = () =>
      [...bed.state.runs.values()].some(({ record }) => {
        bytes = record.bytes
        return bytes > 20_000
      })
    await bed.open({ faults: ({ when }) => (when === 'after' && isLast() ? 'crash' : undefined) })
    const run = await bed.submit(null)
    await bed.idle()
    assert.ok(bytes > 20_000)
    await bed.open()
    assert.equal((await bed.finish(run)).error?.code, 'JOURNAL_LIMIT')
  })

  it('of time ends a run whose journal still has to be replayed', async () => {
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          for (let at = 0; at < 50; at++) await step(scope, 's', () => at)
          await scope.sleep(1e9)
        },
      },
      limits: { agent: { duration: 5000 } },
    })
    const first = await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    first.kill()
    bed.clock.advance(10_000)
    await bed.open()
    assert.equal((await bed.finish(run)).error?.code, 'TIMEOUT')
  })

  it('of runs at once is kept for an agent, and the next one begins as one ends, without waiting for time', async () => {
    const { most, statuses } = await atOnce({ limits: { agent: { concurrency: 2 } } })
    assert.equal(most, 2)
    assert.deepEqual(statuses, Array(5).fill('completed'))
  })

  it('of runs at once is kept for a tenant, and the next one begins as one ends, without waiting for time', async () => {
    const { most, statuses, hasRoom } = await atOnce({ tenantConcurrency: 2 })
    assert.equal(most, 2)
    assert.equal(hasRoom, false, 'a submit would be claimed past the queue')
    assert.deepEqual(statuses, Array(5).fill('completed'))
  })
})

// Five runs, given all but time: how many went at once, and how they stand.
async function atOnce(options: Partial<BedOptions>) {
  let most = 0
  let now = 0
  const agent: AgentCode = async (scope) => {
    most = Math.max(most, ++now)
    await step(scope, 's', () => turn())
    now--
  }
  const bed = createBed({ ...options, agents: { agent } })
  const { worker } = await bed.open()
  const runs = await Promise.all([1, 2, 3, 4, 5].map(() => bed.submit(null)))
  await bed.idle()
  const views = await Promise.all(runs.map((run) => bed.service.run(bed.caller, run)))
  return { most, statuses: views.map(({ status }) => status), hasRoom: worker.hasRoom() }
}
