import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AgentBudgets } from '../../core/budget.ts'
import { PolisError } from '../../core/error.ts'
import { NO_USAGE } from '../../core/usage.ts'
import { type AgentCode, type Bed, createBed, step } from '../fake/test-bed.ts'
import type { Scope, Spend, Spent, StepCall, StepTerms } from '../scope.ts'

const MOST = { tokens: 100, nanos: 1000, usage: { ...NO_USAGE, input: 60, output: 40 } }
const SPENT: Spent = { usage: { ...NO_USAGE, input: 60, output: 10 }, nanos: 700 }

/** A call that may take 100 tokens and $0.000001, and takes 70 tokens and 700 nanodollars. */
function call(
  scope: Scope,
  name: string,
  how: { readonly make?: (call: StepCall) => unknown; readonly spend?: Partial<Spend> } = {},
  terms: Partial<StepTerms> = {},
): Promise<unknown> {
  const spend: Spend = { provider: 'acme', model: 'acme/large', most: MOST, spent: () => SPENT, ...how.spend }
  return step(scope, name, how.make ?? (() => name), { ...terms, spend })
}

async function started(code: AgentCode, budgets: AgentBudgets = {}, agents: Record<string, AgentCode> = {}) {
  const bed = createBed({ agents: { agent: code, ...agents }, budgets: { agent: budgets } })
  const process = await bed.open()
  return { bed, process }
}

async function budget(bed: Bed, key: string) {
  const found = [...bed.state.budgets.values()].find((it) => it.key === key)
  return found === undefined ? undefined : [found.settled.tokens, found.reserved.tokens]
}

const ledger = (bed: Bed) =>
  [...bed.state.charges.values()].map(({ charge }) => [
    charge.id.replace(/@\d+$/, ''),
    charge.usage.input + charge.usage.output,
    charge.assumed ?? false,
  ])

const error = (code: string) => (reason: unknown) => PolisError.from(reason).code === code

describe('a step that costs money', () => {
  it('reserves the most it may take before its call, and is settled with what it took in the commit of its end (G8)', async () => {
    let during: unknown
    const { bed } = await started(
      async (scope) =>
        call(scope, 'model', { make: async () => (during = await budget(bed, `run/${scope.record.run}`)) }),
      { run: { tokens: 100 } },
    )
    const run = await bed.submit(null)
    await bed.finish(run)
    assert.deepEqual(during, [0, 100])
    assert.deepEqual(await budget(bed, `run/${run}`), [70, 0])
    assert.deepEqual(await bed.kinds(run), ['run-submitted', 'step-started', 'step-completed', 'run-completed'])
    assert.deepEqual(ledger(bed), [['model/1', 70, false]])
    const completed = (await bed.entries(run)).find(({ kind }) => kind === 'step-completed')
    assert.equal(completed?.kind === 'step-completed' && completed.data.charge?.nanos, 700)
  })

  it('needs no commit before its call where nothing limits it, and is in the ledger all the same', async () => {
    const { bed } = await started((scope) => call(scope, 'model'))
    const run = await bed.submit(null)
    await bed.finish(run)
    assert.deepEqual(await bed.kinds(run), ['run-submitted', 'step-completed', 'run-completed'])
    assert.deepEqual(ledger(bed), [['model/1', 70, false]])
    assert.equal([...bed.state.budgets.values()].length, 0)
  })

  it('that does not fit a budget rejects with BUDGET_EXHAUSTED, which says why; nothing is called', async () => {
    let calls = 0
    const { bed } = await started(
      async (scope) => {
        const make = () => ++calls
        await call(scope, 'model', { make })
        await assert.rejects(call(scope, 'model', { make }), error('BUDGET_EXHAUSTED'))
        return call(scope, 'small', { make, spend: { most: { tokens: 30, nanos: 1 } } })
      },
      { run: { tokens: 120 } },
    )
    const run = await bed.submit(null)
    const view = await bed.finish(run)
    assert.deepEqual([view.status, calls], ['completed', 2])
    const failed = (await bed.entries(run)).find(({ kind }) => kind === 'step-failed')
    assert.deepEqual(failed?.kind === 'step-failed' && failed.data.error.details, {
      ...{ key: `run/${run}`, unit: 'tokens', limit: 120, settled: 70, reserved: 0, wanted: 100 },
    })
  })

  it('without a bound, or under a budget of money without a price, is refused', async () => {
    const { bed } = await started(
      async (scope) => {
        await assert.rejects(call(scope, 'a', { spend: { most: undefined } }), {
          code: 'INVALID_CONFIG',
          message: /maxOut/,
        })
        await assert.rejects(call(scope, 'b', { spend: { most: { tokens: Number.NaN } } }), { code: 'INVALID_CONFIG' })
        await assert.rejects(call(scope, 'c', { spend: { most: { tokens: 1 } } }), { code: 'PRICE_UNKNOWN' })
      },
      { run: { tokens: 1000, nanos: 1000 } },
    )
    assert.equal((await bed.finish(await bed.submit(null))).status, 'completed')
    assert.deepEqual(ledger(bed), [])
  })

  it('parallel branches reserve one after the other, and never more than there is', async () => {
    const { bed } = await started(
      async (scope) => {
        const names = ['a', 'b', 'c', 'd', 'e']
        const tried = await scope.all(
          names.map((name) => [name, (lane: Scope) => call(lane, 'model').catch(({ code }) => code)] as const),
        )
        return tried.toSorted()
      },
      { run: { tokens: 300 } },
    )
    const run = await bed.submit(null)
    const { output } = await bed.finish(run)
    assert.ok(Array.isArray(output) && output.filter((it) => it === 'model').length >= 3)
    assert.ok(((await budget(bed, `run/${run}`))?.[0] ?? 0) <= 300)
  })

  it('books each attempt: what a failed one used, and nothing where it was refused', async () => {
    const outcomes = [new PolisError('MODEL_UNAVAILABLE', 'overloaded'), new PolisError('MODEL_TIMEOUT', 'cut'), 'done']
    const spent: Spend['spent'] = (outcome) => {
      if ('value' in outcome) return SPENT
      return outcome.error.code === 'MODEL_UNAVAILABLE' ? undefined : { usage: MOST.usage, nanos: 5, assumed: true }
    }
    const { bed } = await started(
      (scope) => {
        const make = ({ attempt }: StepCall) => {
          const outcome = outcomes[attempt - 1]
          if (outcome instanceof Error) throw outcome
          return outcome
        }
        return call(scope, 'model', { make, spend: { spent } })
      },
      { run: { tokens: 200 } },
    )
    const run = await bed.submit(null)
    assert.equal((await bed.finish(run)).output, 'done')
    assert.deepEqual(ledger(bed), [
      ['model/2', 100, true],
      ['model/3', 70, false],
    ])
    assert.deepEqual(await budget(bed, `run/${run}`), [170, 0])
  })

  it('whose result cannot be kept, or whose cost cannot be told, is charged all the same', async () => {
    const { bed } = await started(
      async (scope) => {
        await assert.rejects(call(scope, 'a', { make: () => 1n }), error('INVALID_OUTPUT'))
        const spent = () => {
          throw new Error('no idea')
        }
        await call(scope, 'b', { spend: { spent } })
        const forever = () => new Promise(() => {})
        const late = { timeout: 50, attempts: 1 }
        await assert.rejects(
          call(scope, 'c', { make: forever, spend: { spent: () => undefined } }, late),
          error('STEP_TIMEOUT'),
        )
      },
      { run: { tokens: 1000 } },
    )
    await bed.finish(await bed.submit(null))
    assert.deepEqual(ledger(bed), [
      ['a/1', 70, false],
      ['b/1', 100, true],
      ['c/1', 100, true],
    ])
  })
})

describe('a call whose outcome is lost', () => {
  const forever = () => new Promise<never>(() => {})

  it('since its worker died is booked as assumed by the next attempt, which is a second one (G3, G8)', async () => {
    let life = 0
    const attempts: number[] = []
    const { bed, process } = await started(
      (scope) =>
        call(scope, 'model', {
          make: ({ attempt }) => {
            attempts.push(attempt)
            return ++life === 1 ? forever() : 'done'
          },
        }),
      { run: { tokens: 300 } },
    )
    const run = await bed.submit(null)
    await bed.idle()
    process.kill()
    assert.deepEqual(await budget(bed, `run/${run}`), [0, 100])
    await bed.open()
    assert.equal((await bed.finish(run)).output, 'done')
    assert.deepEqual(attempts, [1, 2])
    assert.deepEqual(ledger(bed), [
      ['model/1', 100, true],
      ['model/2', 70, false],
    ])
    assert.deepEqual(await budget(bed, `run/${run}`), [170, 0])
  })

  it('leaves no room for another where the budget is too small: the run is told, nothing stays reserved', async () => {
    const { bed, process } = await started((scope) => call(scope, 'model', { make: forever }), { run: { tokens: 150 } })
    const run = await bed.submit(null)
    await bed.idle()
    process.kill()
    await bed.open()
    assert.equal((await bed.finish(run)).error?.code, 'BUDGET_EXHAUSTED')
    assert.deepEqual(await budget(bed, `run/${run}`), [100, 0])
    assert.deepEqual(ledger(bed), [['model/1', 100, true]])
  })

  it('since nobody wants it any more, in a race or in a run that ends, is booked as assumed', async () => {
    for (const budgets of [{}, { run: { tokens: 1000 } }]) {
      const { bed } = await started(async (scope) => {
        await scope.race([
          ['slow', (lane) => call(lane, 'model', { make: forever })],
          ['quick', (lane) => lane.sleep(5)],
        ])
        await scope.sleep(5)
        void call(scope, 'dangling', { make: forever })
        await scope.sleep(5)
      }, budgets)
      const run = await bed.submit(null)
      await bed.finish(run)
      assert.deepEqual(ledger(bed), [
        ['race/slow/model/1', 100, true],
        ['dangling/1', 100, true],
      ])
      if ('run' in budgets) assert.deepEqual(await budget(bed, `run/${run}`), [200, 0])
    }
  })

  it('since its worker stops, is booked as assumed and called again elsewhere', async () => {
    let life = 0
    const { bed, process } = await started((scope) =>
      call(scope, 'model', { make: () => (++life === 1 ? forever() : 1) }),
    )
    const run = await bed.submit(null)
    await bed.idle()
    const stopping = process.worker.stop({ timeout: 10 })
    await bed.pass(1000)
    await stopping
    await bed.open()
    await bed.finish(run)
    assert.deepEqual(
      ledger(bed).map(([, ...rest]) => rest),
      [
        [100, true],
        [70, false],
      ],
    )
  })

  it('of a run that is cancelled while nobody executes it, or is put aside, is booked by its end', async () => {
    const bed = createBed({
      agents: { agent: (scope) => call(scope, 'model', { make: forever }, { effect: 'once', uncertain: 'ask' }) },
      budgets: { agent: { run: { tokens: 100 } } },
    })
    const first = await bed.open()
    const [cancelled, dead] = [await bed.submit(null), await bed.submit(null)]
    await bed.idle()
    first.kill()
    await bed.service.cancel(bed.caller, cancelled).catch(() => {})
    const row = [...bed.state.runs.values()].find(({ record }) => record.run === dead)
    assert.ok(row)
    bed.state.runs.set(JSON.stringify([row.record.tenant, dead]), { ...row, record: { ...row.record, crashes: 3 } })
    await bed.open()
    assert.equal((await bed.finish(dead)).status, 'dead')
    if ((await bed.service.run(bed.caller, cancelled)).status !== 'cancelled')
      await bed.service.cancel(bed.caller, cancelled)
    assert.equal((await bed.finish(cancelled)).status, 'cancelled')
    for (const run of [cancelled, dead]) assert.deepEqual(await budget(bed, `run/${run}`), [100, 0])
    assert.equal(ledger(bed).length, 2)
  })
})

describe('the budgets of a run', () => {
  it('are handed to the runs below it and to the one that it goes on as', async () => {
    const bed = createBed({
      agents: {
        agent: async (scope, input) => {
          await call(scope, 'model')
          if (input === 'again') return scope.continueAs('last')
          return scope.child('child', 'child', null, {})
        },
        child: (scope) => call(scope, 'model'),
      },
      budgets: { agent: { run: { tokens: 1000 }, day: { nanos: 1e9 } }, child: { run: { tokens: 200 } } },
    })
    await bed.open()
    const run = await bed.submit('again')
    await bed.finish(run)
    const last = (await bed.service.run(bed.caller, run)).continuedAs ?? ''
    await bed.finish(last)
    assert.deepEqual(await budget(bed, `run/${run}`), [210, 0])
    assert.equal(await budget(bed, `run/${last}`), undefined)
    const child = [...bed.state.runs.values()].find(({ record }) => record.agent === 'child')
    assert.deepEqual(await budget(bed, `run/${child?.record.run}`), [70, 0])
    const day = new Date(bed.clock.now()).toISOString().slice(0, 10)
    assert.deepEqual(await budget(bed, `agent/agent/${day}`), [210, 0])
  })

  it('of a session and of a day are shared; the day is that of the reservation', async () => {
    const { bed } = await started((scope) => call(scope, 'model'), { session: { tokens: 150 }, day: { tokens: 1000 } })
    const runs = [await bed.submit(null, { session: 's' }), await bed.submit(null, { session: 's' })]
    const views = []
    for (const run of runs) views.push(await bed.finish(run))
    assert.deepEqual(
      views.map(({ status }) => status),
      ['completed', 'failed'],
    )
    assert.deepEqual(await budget(bed, 'session/s'), [70, 0])
    bed.clock.advance(24 * 60 * 60 * 1000)
    await bed.finish(await bed.submit(null))
    const days = [...bed.state.budgets.values()].filter(({ key }) => key.startsWith('agent/agent/'))
    assert.deepEqual(
      days.map(({ settled }) => settled.tokens),
      [70, 70],
    )
  })

  it('can be raised by what a human allowed, once, however often the run is replayed', async () => {
    const code: AgentCode = async (scope) => {
      for (let n = 0; n < 3; n++) {
        try {
          await call(scope, 'model')
        } catch (reason) {
          const { details } = PolisError.from(reason)
          await scope.raiseBudget(String(details.key), { tokens: 100 })
          await call(scope, 'model')
        }
        await scope.sleep(1e6)
      }
      return 'done'
    }
    const { bed } = await started(code, { run: { tokens: 100 } })
    const run = await bed.submit(null)
    assert.equal((await bed.finish(run)).output, 'done')
    const [found] = [...bed.state.budgets.values()]
    assert.deepEqual([found?.raised.tokens, found?.settled.tokens], [200, 210])
    assert.equal((await bed.kinds(run)).filter((kind) => kind === 'budget-raised').length, 2)
  })

  it('outlast a retry: what was spent stays spent, and the call is charged once more', async () => {
    let broken = true
    const { bed } = await started(
      async (scope) => {
        await call(scope, 'first')
        return call(scope, 'model', {
          make: () => {
            if (broken) throw new PolisError('MODEL_FAILED', 'no')
            return 'done'
          },
        })
      },
      { run: { tokens: 1000 } },
    )
    const run = await bed.submit(null)
    assert.equal((await bed.finish(run)).status, 'failed')
    broken = false
    await bed.service.retry(bed.caller, run)
    assert.equal((await bed.finish(run)).output, 'done')
    assert.deepEqual(ledger(bed), [
      ['first/1', 70, false],
      ['model/1', 70, false],
      ['model/1', 70, false],
    ])
    assert.deepEqual(await budget(bed, `run/${run}`), [210, 0])
  })

  it('of a fork are its own, and what its original was charged is not charged again', async () => {
    const { bed } = await started(
      async (scope) => {
        await call(scope, 'first')
        return call(scope, 'second')
      },
      { run: { tokens: 1000 } },
    )
    const run = await bed.submit(null)
    await bed.finish(run)
    const completed = (await bed.entries(run)).find(({ kind }) => kind === 'step-completed')
    const fork = await bed.service.fork(bed.caller, run, { at: completed?.sequence ?? 0 })
    await bed.finish(fork.run)
    assert.deepEqual(
      [await budget(bed, `run/${run}`), await budget(bed, `run/${fork.run}`)],
      [
        [140, 0],
        [70, 0],
      ],
    )
    assert.equal(ledger(bed).length, 3)
  })
})
