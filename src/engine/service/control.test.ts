import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type AgentCode, type Bed, createBed, step } from '../fake/test-bed.ts'

const status = async ({ service, caller }: Bed, run: string) => (await service.run(caller, run)).status
const forever = () => new Promise<never>(() => {})

async function started(code: AgentCode, agents: Record<string, AgentCode> = {}) {
  const bed = createBed({ agents: { agent: code, ...agents } })
  const process = await bed.open()
  const run = await bed.submit(null)
  await bed.idle()
  return { bed, run, process }
}

describe('cancel', () => {
  it('ends a queued, a suspended, a paused and a blocked run without a worker, and records why at once', async () => {
    const bed = createBed({ agents: { agent: (scope) => scope.sleep(1e9) } })
    const queued = await bed.submit(null)
    const suspended = await bed.submit(null, { notBefore: bed.clock.now() + 1e6 })
    const paused = await bed.submit(null)
    await bed.service.pause(bed.caller, paused)
    await bed.submit(null, { session: 's' })
    const blocked = await bed.submit(null, { session: 's' })
    for (const run of [queued, suspended, paused, blocked]) {
      const view = await bed.service.cancel(bed.caller, run, 'enough')
      assert.deepEqual([view.status, view.error?.message], ['cancelled', 'enough'])
      assert.deepEqual((await bed.kinds(run)).slice(-2), ['cancel-requested', 'run-cancelled'])
      await assert.rejects(bed.service.cancel(bed.caller, run), { code: 'ALREADY_ENDED' })
    }
  })

  it('aborts the steps of a running run, and lets its code clean up', async () => {
    let aborted = false
    const { bed, run } = await started(async (scope) => {
      try {
        await step(scope, 'work', ({ signal }) => {
          signal.addEventListener('abort', () => {
            aborted = true
          })
          return forever()
        })
      } finally {
        await step(scope, 'clean', () => 'cleaned')
      }
    })
    await bed.service.cancel(bed.caller, run)
    const view = await bed.finish(run)
    assert.deepEqual([view.status, aborted], ['cancelled', true])
    assert.ok((await bed.kinds(run)).includes('step-completed'))
  })

  it('during which a step ends, and a worker dies, is replayed to the same end', async () => {
    // The step ends before, in the same commit as, and after the cancel.
    for (let turns = 0; turns < 8; turns++) {
      const { promise, resolve } = Promise.withResolvers<string>()
      const { bed, run, process } = await started(async (scope) => {
        const result = await step(scope, 'work', () => promise).catch((error) => error.code)
        await scope.sleep(5000).catch(() => scope.sleep(5000))
        await scope.emit('cleaned', result)
      })
      await bed.service.cancel(bed.caller, run)
      for (let turn = 0; turn < turns; turn++) await new Promise((next) => setImmediate(next))
      resolve('done')
      await bed.idle()
      process.kill()
      await bed.open()
      assert.equal((await bed.finish(run)).status, 'cancelled')
      assert.ok((await bed.kinds(run)).includes('event-emitted'))
    }
  })

  it('gives cleanup 30 seconds, in memory or not, whatever swallows it', async () => {
    const codes: AgentCode[] = [
      async (scope) => {
        for (;;) await scope.sleep(1e9).catch(() => {})
      },
      async (scope) => {
        for (;;) await scope.ask('q', { question: '?', schema: {} }).catch(() => {})
      },
      async (scope) => {
        for (;;) await step(scope, 's', forever).catch(() => {})
      },
    ]
    for (const code of codes) {
      const { bed, run } = await started(code)
      // Held by a worker, and not just asleep.
      if ((await status(bed, run)) === 'running') await bed.service.cancel(bed.caller, run)
      else {
        await bed.service.cancel(bed.caller, run)
        continue
      }
      await bed.pass(31_000)
      assert.equal(await status(bed, run), 'cancelled')
    }
  })

  it('reaches the children, and theirs', async () => {
    const { bed, run } = await started((scope) => scope.child('c', 'child', null, {}), {
      child: (scope) => scope.child('g', 'grandchild', null, {}),
      grandchild: (scope) => scope.receive('never', undefined),
    })
    await bed.service.cancel(bed.caller, run)
    await bed.finish(run)
    await bed.pass(1000)
    const { items } = await bed.service.runs(bed.caller, {}, { limit: 10 })
    assert.deepEqual(
      items.map((item) => item.status),
      ['cancelled', 'cancelled', 'cancelled'],
    )
  })
})

describe('pause', () => {
  it('lets the steps that execute end, starts no other, and goes on where it was', async () => {
    const { promise, resolve } = Promise.withResolvers<number>()
    const calls: string[] = []
    const { bed, run } = await started(async (scope) => {
      const one = await step(scope, 'one', () => {
        calls.push('one')
        return promise
      })
      return step(scope, 'two', () => {
        calls.push('two')
        return Number(one) + 1
      })
    })
    await bed.service.pause(bed.caller, run)
    await bed.idle()
    resolve(1)
    await bed.idle()
    assert.equal(await status(bed, run), 'paused')
    assert.deepEqual(calls, ['one'])
    await bed.service.resume(bed.caller, run)
    assert.equal((await bed.finish(run)).output, 2)
    assert.deepEqual(calls, ['one', 'two'])
  })

  it('is not forgotten when its worker dies or stops before the run is paused', async () => {
    const { bed, run, process } = await started((scope) => step(scope, 'long', forever))
    await bed.service.pause(bed.caller, run)
    await bed.idle()
    process.kill()
    await bed.open()
    await bed.pass(1000)
    assert.equal(await status(bed, run), 'paused')
    await assert.rejects(bed.service.retry(bed.caller, run), { code: 'CONFLICT' })
  })

  it('of a run that waits ends its wait for a worker only', async () => {
    const { bed, run } = await started(async (scope) => {
      await scope.sleep(5000)
      return 'slept'
    })
    assert.equal((await bed.service.pause(bed.caller, run)).status, 'paused')
    await bed.pass(10_000)
    assert.equal(await status(bed, run), 'paused')
    await bed.service.resume(bed.caller, run)
    assert.equal((await bed.finish(run)).output, 'slept')
  })

  it('does not hold up a cancel', async () => {
    const { bed, run } = await started(async (scope) => {
      await step(scope, 'long', forever).finally(() => step(scope, 'clean', () => 1))
    })
    await bed.service.pause(bed.caller, run)
    await bed.idle()
    await bed.service.cancel(bed.caller, run)
    assert.equal((await bed.finish(run)).status, 'cancelled')
    assert.ok((await bed.kinds(run)).includes('step-completed'))
  })
})

describe('retry', () => {
  it('executes the failed step again and nothing that is recorded', async () => {
    const calls: string[] = []
    let broken = true
    const { bed, run } = await started(async (scope) => {
      await step(scope, 'one', () => calls.push('one'))
      const [, two] = await scope.all([
        ['other', (lane) => step(lane, 'other', () => calls.push('other'))],
        [
          'bad',
          (lane) =>
            step(
              lane,
              'two',
              () => {
                calls.push('two')
                if (broken) throw new Error('broken')
                return 2
              },
              { attempts: 1 },
            ),
        ],
      ])
      return two
    })
    assert.equal((await bed.finish(run)).error?.message, 'broken')
    await assert.rejects(bed.service.resume(bed.caller, run), { code: 'ALREADY_ENDED' })
    broken = false
    await bed.service.retry(bed.caller, run)
    assert.equal((await bed.finish(run)).output, 2)
    assert.deepEqual(calls.toSorted(), ['one', 'other', 'two', 'two'])
  })

  it('asks open questions again, and starts a failed child anew', async () => {
    let broken = true
    const { bed, run } = await started(
      (scope) =>
        scope.all([
          ['ask', (lane) => lane.ask('q', { question: '?', schema: {} })],
          ['call', (lane) => lane.child('c', 'child', null, {})],
        ]),
      {
        child: async (scope) =>
          step(
            scope,
            's',
            () => {
              if (broken) throw new Error('broken')
              return 'fine'
            },
            { attempts: 1 },
          ),
      },
    )
    assert.equal((await bed.finish(run)).status, 'failed')
    broken = false
    await bed.service.retry(bed.caller, run)
    await bed.pass(1000)
    await bed.service.answer(bed.caller, run, 'all/ask/q', 'yes')
    assert.deepEqual((await bed.finish(run)).output, ['yes', 'fine'])
  })

  it('hears of a child that ended while its parent had failed', async () => {
    let broken = true
    let children = 0
    const { bed, run } = await started(
      (scope) =>
        Promise.all([
          scope.child('c', 'child', null, {}),
          step(
            scope,
            's',
            () => {
              if (broken) throw new Error('broken')
              return 1
            },
            { attempts: 1 },
          ),
        ]),
      {
        child: async (scope) => {
          children++
          await scope.sleep(50)
          return 'child'
        },
      },
    )
    assert.equal((await bed.finish(run)).status, 'failed')
    await bed.pass(1000)
    broken = false
    children = 0
    await bed.service.retry(bed.caller, run)
    assert.deepEqual((await bed.finish(run)).output, ['child', 1])
    assert.equal(children, 0)
  })

  it('reuses what the failed attempt recorded, in an order that a crash does not change', async () => {
    const calls: string[] = []
    let broken = true
    const { bed, run, process } = await started(async (scope) => {
      const bad = step(
        scope,
        'bad',
        () => {
          if (broken) throw new Error('broken')
          return 'bad'
        },
        { attempts: 1 },
      )
      const caught = await bad.catch((error) => error)
      const value = scope.value('uuid.value', () => String(calls.length))
      const good = await step(scope, 'good', () => {
        calls.push('good')
        return value
      })
      if (caught instanceof Error) throw caught
      await scope.ask('q', { question: '?', schema: {} })
      return [caught, value, good]
    })
    assert.equal((await bed.finish(run)).status, 'failed')
    broken = false
    await bed.service.retry(bed.caller, run)
    await bed.idle()
    process.kill()
    await bed.open()
    await bed.pass(1000)
    await bed.service.answer(bed.caller, run, 'q', 1)
    assert.deepEqual((await bed.finish(run)).output, ['bad', '0', '0'])
    assert.deepEqual(calls, ['good'])
  })

  it('gives a dead letter another chance: three workers died with it', async () => {
    let poison = true
    const bed = createBed({ agents: { agent: (scope) => step(scope, 's', () => (poison ? forever() : 'fine')) } })
    let process = await bed.open()
    const run = await bed.submit(null)
    for (let death = 0; death < 3; death++) {
      await bed.idle()
      assert.equal(await status(bed, run), 'running')
      process.kill()
      process = await bed.open()
      // The dead are looked for by the clock.
      await bed.pass(1)
    }
    await bed.pass(1000)
    const view = await bed.service.run(bed.caller, run)
    assert.deepEqual([view.status, view.error?.code], ['dead', 'WORKER_LOST'])
    poison = false
    await bed.service.retry(bed.caller, run)
    assert.equal((await bed.finish(run)).output, 'fine')
  })
})

describe('an answer', () => {
  it('to a question that was answered is late, and to one that was never asked finds nothing', async () => {
    const { bed, run } = await started(async (scope) => {
      await scope.ask('first', { question: '?', schema: {} })
      await scope.ask('second', { question: '?', schema: {} })
    })
    await bed.idle()
    await bed.service.answer(bed.caller, run, 'first', 1)
    await bed.idle()
    await assert.rejects(bed.service.answer(bed.caller, run, 'first', 2), { code: 'ALREADY_ANSWERED' })
    await assert.rejects(bed.service.answer(bed.caller, run, 'third', 1), { code: 'NOT_FOUND' })
  })
})

describe('continueAs', () => {
  it('goes on in a fresh run, which gets unread messages and answers the parent', async () => {
    const { bed, run } = await started((scope) => scope.child('c', 'child', 0, {}), {
      child: async (scope, input: number) => {
        if (input > 0) return [input, await scope.receive('m', undefined)]
        await scope.receive('go', undefined)
        return scope.continueAs(input + 1)
      },
    })
    const [child] = (await bed.service.runs(bed.caller, { agent: 'child' }, { limit: 5 })).items
    const send = (name: string) => bed.service.send(bed.caller, child?.run ?? '', { name, data: name })
    await send('m')
    await send('go')
    assert.deepEqual((await bed.finish(run)).output, [1, 'm'])
    assert.equal((await bed.service.run(bed.caller, child?.run ?? '')).status, 'continued')
  })
})
