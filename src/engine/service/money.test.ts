import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NO_USAGE } from '../../core/usage.ts'
import { createBed, terms } from '../fake/test-bed.ts'
import type { Scope, Spend } from '../scope.ts'

const call = (scope: Scope, model: string, nanos?: number) => {
  const spend: Spend = {
    ...{ provider: 'acme', model },
    most: { tokens: 100, nanos: 1e9 },
    spent: () => ({ usage: { ...NO_USAGE, input: 8, output: 2 }, ...(nanos === undefined ? {} : { nanos }) }),
  }
  return scope.step('model', () => 'done', terms({ spend }))
}

async function spent() {
  const bed = createBed({
    agents: {
      agent: async (scope) => {
        await call(scope, 'acme/large', 250_000_000)
        return scope.child('child', 'child', null, {})
      },
      child: (scope) => call(scope, 'acme/new'),
    },
    budgets: { agent: { run: { nanos: 2e9 }, session: { tokens: 1000 } } },
  })
  await bed.open()
  const run = await bed.submit(null, { session: 's', tags: { team: 'red' } })
  await bed.finish(run)
  return { bed, run }
}

describe('what calls cost', () => {
  it('is summed up in dollars, with what is not known said and never taken for 0', async () => {
    const { bed } = await spent()
    const { items, total } = await bed.service.costs(bed.caller, { by: 'model', limit: 1 })
    const known = { unpriced: 0, assumed: { calls: 0, tokens: 0, dollars: 0 } }
    const usage = { ...NO_USAGE, input: 8, output: 2 }
    assert.deepEqual(items, [{ group: 'acme/large', calls: 1, tokens: 10, usage, dollars: 0.25, ...known }])
    assert.deepEqual([total.calls, total.tokens, total.dollars, total.unpriced], [2, 20, 0.25, 1])
    const [, unknown] = (await bed.service.costs(bed.caller, { by: 'model', limit: 2 })).items
    assert.deepEqual([unknown?.group, unknown?.dollars, unknown?.unpriced], ['acme/new', undefined, 1])
    assert.deepEqual((await bed.service.costs({ tenant: 'other' }, { by: 'model', limit: 2 })).items, [])
  })

  it('shows with a run, the runs below it included, and not where nothing was called', async () => {
    const { bed, run } = await spent()
    const { cost } = await bed.service.run(bed.caller, run)
    assert.deepEqual([cost?.calls, cost?.tokens, cost?.dollars, cost?.unpriced], [2, 20, 0.25, 1])
    const idle = await bed.service.submit(bed.caller, { agent: 'agent', input: null, notBefore: bed.clock.now() + 1e9 })
    assert.equal((await bed.service.run(bed.caller, idle.run.run)).cost, undefined)
  })

  it('is that of a session and of a tag with the runs below theirs', async () => {
    const { bed } = await spent()
    for (const [by, group] of [
      ['session', 's'],
      ['tag', 'red'],
    ] as const) {
      const { items } = await bed.service.costs(bed.caller, { by, tag: 'team', limit: 9 })
      assert.deepEqual(
        items.map((it) => [it.group, it.calls]),
        [[group, 2]],
      )
    }
  })

  it('shows in budgets, in dollars', async () => {
    const { bed, run } = await spent()
    const { items } = await bed.service.budgets(bed.caller, {}, { limit: 10 })
    assert.deepEqual(items.map(({ key }) => key).sort(), [`run/${run}`, 'session/s'])
    const [budget] = (await bed.service.budgets(bed.caller, { key: `run/${run}` }, { limit: 10 })).items
    assert.deepEqual(budget?.limits, { dollars: 2 })
    // A call whose price turned out not to be known is counted at the most that it can have cost.
    assert.deepEqual([budget?.settled.tokens, budget?.settled.dollars], [20, 1.25])
    assert.deepEqual((await bed.service.budgets({ tenant: 'other' }, {}, { limit: 10 })).items, [])
  })
})
