import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBed, runOnce, step } from '../fake/test-bed.ts'

const number = { type: 'number' }

describe('waits', () => {
  it('for a human take the first answer, and refuse the second and those that do not fit', async () => {
    const bed = createBed({ agents: { agent: (scope) => scope.ask('q', { question: '?', schema: number }) } })
    await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    const answer = (value: unknown) => bed.service.answer(bed.caller, run, 'q', value)
    await assert.rejects(answer('five'), { code: 'INVALID_INPUT' })
    const outcomes = await Promise.allSettled([answer(5), answer(6)])
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    )
    assert.equal((await bed.finish(run)).output, 5)
    await assert.rejects(answer(7), { code: 'ALREADY_ENDED' })
  })

  it('for a human are woken by the answer even where the question came first of all', async () => {
    // The code asks only after a turn of its own: an answer must not come too early for it.
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          for (let at = 0; at < 5; at++) await null
          return scope.ask('q', { question: '?', schema: number })
        },
      },
    })
    await bed.open()
    const run = await bed.submit(null)
    await bed.pass(500)
    assert.equal((await bed.service.run(bed.caller, run)).status, 'suspended')
    await bed.service.answer(bed.caller, run, 'q', 1)
    assert.equal((await bed.finish(run)).output, 1)
  })

  it('with a deadline end once: by the answer or by the time, as the store says', async () => {
    for (const early of [true, false]) {
      const bed = createBed({
        agents: { agent: (scope) => scope.ask('q', { question: '?', schema: number, timeout: 50 }) },
      })
      await bed.open()
      const run = await bed.submit(null)
      await bed.idle()
      if (early) {
        // Durable, and not yet read by the worker when the deadline passes there.
        await bed.service.answer(bed.caller, run, 'q', 1)
        bed.clock.advance(50)
      } else {
        bed.clock.advance(50)
        await bed.service.answer(bed.caller, run, 'q', 1).catch(() => {})
      }
      const view = await bed.finish(run)
      const kinds = await bed.kinds(run)
      const ends = kinds.filter((kind) => kind === 'question-answered' || kind === 'question-expired')
      assert.equal(ends.length, 1)
      assert.equal(view.status, ends[0] === 'question-answered' ? 'completed' : 'failed')
    }
  })

  it('two deadlines at once both expire', async () => {
    const ask = (name: string) =>
      [
        name,
        (lane: Parameters<Parameters<typeof runOnce>[0]>[0]) =>
          lane.ask('q', { question: '?', schema: {}, timeout: 50 }).catch((error) => error.code),
      ] as const
    const { view } = await runOnce((scope) => scope.all([ask('a'), ask('b')]))
    assert.deepEqual(view.output, ['TIMEOUT', 'TIMEOUT'])
  })

  it('for messages get those from before and after, in order, each once', async () => {
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          await scope.sleep(20)
          return [
            await scope.receive('m', undefined),
            await scope.receive('m', undefined),
            await scope.receive('m', undefined),
          ]
        },
      },
    })
    const first = await bed.open()
    const run = await bed.submit(null)
    const send = (data: number, id: string) => bed.service.send(bed.caller, run, { name: 'm', data, id })
    await send(1, 'one')
    await send(1, 'one')
    await bed.pass(200)
    first.kill()
    await bed.open()
    await bed.pass(500)
    await send(2, 'two')
    await bed.pass(500)
    await send(3, 'three')
    assert.deepEqual((await bed.finish(run)).output, [1, 2, 3])
  })

  it('for a message that comes with the deadline end once, and leave it to the next', async () => {
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          const first = await scope.receive('m', 50).catch((error) => error.code)
          return [first, await scope.receive('m', 1e6)]
        },
      },
    })
    await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    bed.clock.advance(50)
    await bed.service.send(bed.caller, run, { name: 'm', data: 'late' })
    assert.deepEqual((await bed.finish(run)).output, ['TIMEOUT', 'late'])
  })

  it('for a child get its result, its failure, or why there is none', async () => {
    const { view } = await runOnce(
      async (scope) => {
        const bad = await scope.child('bad', 'bad', null, {}).catch((error) => error.message)
        const none = await scope.child('none', 'nobody', null, {}).catch((error) => error.code)
        return [await scope.child('good', 'good', 20, {}), bad, none]
      },
      null,
      { agents: { good: async (_, input: number) => input + 1, bad: async () => Promise.reject(new Error('sad')) } },
    )
    assert.deepEqual(view.output, [21, 'sad', 'UNKNOWN_AGENT'])
  })

  it('for a child end where agents call each other without end, and name the chain', async () => {
    const { view, bed } = await runOnce((scope) => scope.child('ping', 'ping', null, {}), null, {
      agents: {
        ping: (scope) => scope.child('pong', 'pong', null, {}),
        pong: async (scope, input: number | null) =>
          input === null ? scope.continueAs(1) : scope.child('ping', 'ping', null, {}),
      },
    })
    assert.equal(view.error?.code, 'LIMIT_REACHED')
    assert.match(
      view.error?.message ?? '',
      /at most 20 runs above it.*: agent > ping > pong > ping > .* > pong > ping\. /,
    )
    // One that is continued is two runs, and one call.
    assert.equal([...bed.state.runs.values()].length, 1 + 10 + 2 * 10)
  })

  it('that cannot be asked for fail where they are asked, and leave nothing behind', async () => {
    const { view } = await runOnce(async (scope) => {
      const code = await scope.ask('q', { question: '?', schema: {}, about: 1n }).catch((error) => error.code)
      return [code, await step(scope, 'next', () => 'next')]
    })
    assert.deepEqual(view.output, ['INVALID_ARGUMENT', 'next'])
  })

  it('outside of steps are reported, and in the end fail the run', async () => {
    const { view } = await runOnce(async () => new Promise(() => {}))
    assert.equal(view.error?.code, 'WAIT_OUTSIDE_STEP')
  })

  it('sleep for months without a lease', async () => {
    const { view, bed } = await runOnce(async (scope) => {
      await scope.sleep(90 * 86_400_000)
      return bed_now()
      function bed_now() {
        return scope.value('now.value', () => 'slept')
      }
    })
    assert.equal(view.output, 'slept')
    assert.ok(bed.clock.now() - view.createdAt >= 90 * 86_400_000)
  })
})
