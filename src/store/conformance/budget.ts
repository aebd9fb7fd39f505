import assert from 'node:assert/strict'
import { MOST_COUNTED, type Reservation } from '../../core/budget.ts'
import type { Commit } from '../journal.ts'
import { aCharge, aClaim, aCommit, anEnd, anEntry, aReservation, aSubmit, aWorker } from './build.ts'
import type { Prove, World } from './world.ts'

/** Budgets (G8): settled plus reserved never passes a limit, and nothing reserved outlives its run. */
export function proveBudget(prove: Prove): void {
  proveReserving(prove)
  proveFreeing(prove)
  proveOnce(prove)
}

async function standing(world: World, key: string) {
  const { items } = await world.index.budgets('t1', { key }, { limit: 1 })
  const [budget] = items
  return budget === undefined
    ? undefined
    : [budget.settled.tokens, budget.reserved.tokens, budget.settled.nanos, budget.reserved.nanos]
}

// The next commit of a run that was just started: one entry after its first.
function reserving(run: string, sequence: number, ...reserves: Reservation[]): Commit {
  return aCommit(run, { entries: [anEntry(run, sequence, { kind: 'step-started' })], reserves })
}

function proveReserving(prove: Prove): void {
  prove(
    'G8: a reservation that fits is counted on each of its budgets, up to the limit and not past it',
    async (world) => {
      await world.start('r1')
      const fits = reserving('r1', 2, aReservation('r1', 'a', { b1: 20, b2: 1_000 }))
      assert.equal((await world.journal.append(fits)).kind, 'committed')
      const exact = reserving('r1', 3, aReservation('r1', 'b', { b1: 20 }))
      assert.equal((await world.journal.append(exact)).kind, 'committed')
      const over = reserving('r1', 4, aReservation('r1', 'c', { b2: 1_000, b1: 20 }))
      assert.deepEqual(await world.journal.append(over), {
        ...{ kind: 'over-budget', key: 'b1', unit: 'tokens' },
        ...{ limit: 20, settled: 0, reserved: 20, wanted: 10 },
      })
      assert.deepEqual(await standing(world, 'b1'), [0, 20, 0, 200])
      assert.deepEqual(await standing(world, 'b2'), [0, 10, 0, 100])
    },
  )

  prove('G8: nothing of a commit that is over a budget is written', async (world) => {
    await world.start('r1')
    const reserves = [aReservation('r1', 'a', { b1: 15 }), aReservation('r1', 'b', { b1: 15 })]
    const commit = { ...reserving('r1', 2, ...reserves), charges: [aCharge('r1', 'x')], submits: [aSubmit('r2')] }
    assert.equal((await world.journal.append(commit)).kind, 'over-budget')
    assert.equal((await world.journal.read('t1', 'r1', 0, 10)).length, 1)
    assert.equal(await standing(world, 'b1'), undefined)
    assert.equal(await world.status('r2'), undefined)
    assert.equal((await world.index.runCost('t1', 'r1')).calls, 0)
    assert.equal(
      (await world.journal.append(reserving('r1', 2, aReservation('r1', 'a', { b1: 15 })))).kind,
      'committed',
    )
  })

  prove('G8: tokens and money are each limited; a limit that is not given does not limit', async (world) => {
    await world.start('r1')
    const money = { budgets: [{ key: 'b1', limits: { nanos: 150 } }] }
    assert.equal((await world.journal.append(reserving('r1', 2, aReservation('r1', 'a', {}, money)))).kind, 'committed')
    const outcome = await world.journal.append(reserving('r1', 3, aReservation('r1', 'b', {}, money)))
    assert.deepEqual([outcome.kind, 'unit' in outcome && outcome.unit], ['over-budget', 'nanos'])
  })

  prove('G8: of several runs that reserve at once, in one process or two, only so many get through', async (world) => {
    const other = await world.another()
    const runs = Array.from({ length: 12 }, (_, at) => `r${at}`)
    for (const run of runs) await world.start(run)
    const outcomes = await Promise.all(
      runs.map((run, at) => {
        const { journal } = at % 2 === 0 ? world : other
        return journal.append(reserving(run, 2, aReservation(run, 'a', { shared: 55 })))
      }),
    )
    assert.equal(outcomes.filter(({ kind }) => kind === 'committed').length, 5)
    assert.deepEqual(await standing(world, 'shared'), [0, 50, 0, 500])
  })

  prove(
    'a holder that was fenced is told so, however full the budget is; budgets are the tenant’s own',
    async (world) => {
      await world.start('r1')
      const fenced = { ...reserving('r1', 2, aReservation('r1', 'a', { b1: 1 })), epoch: 7 }
      assert.equal((await world.journal.append(fenced)).kind, 'fenced')
      await world.start('r1', { record: { tenant: 't2' } })
      await world.journal.append(reserving('r1', 2, aReservation('r1', 'a', { b1: 10 })))
      const theirs = { ...reserving('r1', 2, aReservation('r1', 'a', { b1: 10 })), tenant: 't2' }
      const entries = [anEntry('r1', 2, { tenant: 't2', kind: 'step-started' })]
      assert.equal((await world.journal.append({ ...theirs, entries })).kind, 'committed')
    },
  )
}

function proveFreeing(prove: Prove): void {
  prove('G8: a settlement frees its reservation and counts what was taken, even past the limit', async (world) => {
    await world.start('r1')
    await world.journal.append(reserving('r1', 2, aReservation('r1', 'a', { b1: 20 })))
    const settles = [{ id: 'a', amounts: { tokens: 14, nanos: 30 } }]
    await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 3)], settles }))
    assert.deepEqual(await standing(world, 'b1'), [14, 0, 30, 0])
    const next = await world.journal.append(reserving('r1', 4, aReservation('r1', 'b', { b1: 20 })))
    assert.deepEqual(next, {
      ...{ kind: 'over-budget', key: 'b1', unit: 'tokens' },
      ...{ limit: 20, settled: 14, reserved: 0, wanted: 10 },
    })
  })

  prove('G8: a settlement counts before the reservations of its commit', async (world) => {
    await world.start('r1')
    await world.journal.append(reserving('r1', 2, aReservation('r1', 'a', { b1: 10 })))
    const settles = [{ id: 'a', amounts: { tokens: 0, nanos: 0 } }]
    const commit = { ...reserving('r1', 3, aReservation('r1', 'b', { b1: 10 })), settles }
    assert.equal((await world.journal.append(commit)).kind, 'committed')
    assert.deepEqual(await standing(world, 'b1'), [0, 10, 0, 100])
  })

  prove('G8: the end of a run books what it had reserved as assumed, whoever ends it', async (world) => {
    await world.start('r1')
    await world.journal.append(reserving('r1', 2, aReservation('r1', 'a', { b1: 100 })))
    await world.journal.append(anEnd('r1', { entries: [anEntry('r1', 3, { kind: 'run-completed' })] }))
    assert.deepEqual(await standing(world, 'b1'), [10, 0, 100, 0])
    assert.deepEqual((await world.index.runCost('t1', 'r1')).assumed, { calls: 1, tokens: 10, nanos: 100 })

    await world.start('r2')
    await world.journal.append(reserving('r2', 2, aReservation('r2', 'a', { b1: 100 })))
    await world.journal.append(aCommit('r2', { next: { status: 'suspended', wakeAt: 1e9 } }))
    const entries = [anEntry('r2', 3, { kind: 'run-cancelled', epoch: 2 })]
    await world.journal.append(anEnd('r2', { epoch: 2, seize: true, entries, next: { status: 'cancelled' } }))
    assert.deepEqual(await standing(world, 'b1'), [20, 0, 200, 0])
  })

  prove('G8: a run whose worker died keeps its reservation until the next one settles it', async (world) => {
    const other = await world.another()
    if (world.kill === undefined) return world.skip('the death of a process cannot be played')
    await other.coordination.register(aWorker('w2'))
    await other.journal.submit(aSubmit('r1', { claim: { worker: 'w2' } }))
    await other.journal.append(reserving('r1', 2, aReservation('r1', 'a', { b1: 10 })))
    await world.kill(other)
    await world.coordination.reap()
    assert.deepEqual(await standing(world, 'b1'), [0, 10, 0, 100])
    await world.coordination.register(aWorker('w1'))
    const { runs } = await world.coordination.claim(aClaim())
    assert.equal(runs[0]?.epoch, 2)
    const entries = [anEntry('r1', 3, { kind: 'step-failed', epoch: 2 })]
    const settles = [{ id: 'a', amounts: { tokens: 10, nanos: 100 } }]
    await world.journal.append(aCommit('r1', { epoch: 2, entries, settles }))
    assert.deepEqual(await standing(world, 'b1'), [10, 0, 100, 0])
  })
}

function proveOnce(prove: Prove): void {
  prove('guarantee 8: reservations, settlements and raises count once, however often they come', async (world) => {
    await world.start('r1')
    const first = {
      ...reserving('r1', 2, aReservation('r1', 'a', { b1: 10 })),
      raises: [{ id: 'x', key: 'b1', amounts: { tokens: 5 } }],
    }
    for (let n = 0; n < 3; n++) assert.equal((await world.journal.append(first)).kind, 'committed')
    assert.deepEqual(await standing(world, 'b1'), [0, 10, 0, 100])
    const again = { ...first, entries: [anEntry('r1', 3)] }
    assert.equal((await world.journal.append(again)).kind, 'committed')
    assert.deepEqual(await standing(world, 'b1'), [0, 10, 0, 100])
    const settled = { settles: [{ id: 'a', amounts: { tokens: 4, nanos: 40 } }], charges: [aCharge('r1', 'a')] }
    for (const sequence of [4, 4, 5]) {
      await world.journal.append(aCommit('r1', { ...settled, entries: [anEntry('r1', sequence)] }))
    }
    assert.deepEqual(await standing(world, 'b1'), [4, 0, 40, 0])
    assert.equal((await world.index.runCost('t1', 'r1')).calls, 1)
    const [budget] = (await world.index.budgets('t1', {}, { limit: 10 })).items
    assert.deepEqual([budget?.limits, budget?.raised], [{ tokens: 10 }, { tokens: 5, nanos: 0 }])
  })

  prove(
    'a raise makes room that the limit of the code does not, also on a budget that nobody used yet',
    async (world) => {
      await world.start('r1')
      const raise = { id: 'x', key: 'b1', amounts: { tokens: 10 } }
      await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)], raises: [raise] }))
      const commit = reserving('r1', 3, aReservation('r1', 'a', { b1: 10 }), aReservation('r1', 'b', { b1: 10 }))
      assert.equal((await world.journal.append(commit)).kind, 'committed')
      const over = await world.journal.append(reserving('r1', 4, aReservation('r1', 'c', { b1: 10 })))
      assert.deepEqual([over.kind, 'limit' in over && over.limit], ['over-budget', 20])
    },
  )

  prove('G8: a budget that was raised beyond all bounds still counts, and is told', async (world) => {
    await world.start('r1')
    for (const [at, nanos] of [1e18, 1e18].entries()) {
      const raise = { id: `r1/raise${at}`, key: 'b1', amounts: { nanos } }
      await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 2 + at)], raises: [raise] }))
    }
    const { items } = await world.index.budgets('t1', { key: 'b1' }, { limit: 1 })
    assert.equal(items[0]?.raised.nanos, MOST_COUNTED)
    const outcome = await world.journal.append(reserving('r1', 4, aReservation('r1', 'a', { b1: 10 })))
    assert.equal(outcome.kind, 'committed')
  })
}
