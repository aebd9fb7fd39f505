import assert from 'node:assert/strict'
import type { Charge } from '../../core/budget.ts'
import type { CostQuery } from '../index-port.ts'
import { aCharge, aCommit, anEnd, anEntry, aReservation, aSubmit } from './build.ts'
import type { Prove, World } from './world.ts'

const DAY = 24 * 60 * 60 * 1000

/** The ledger: what was charged, summed up, for longer than its runs. */
export function proveLedger(prove: Prove): void {
  proveSums(prove)
  proveLife(prove)
}

async function charge(world: World, run: string, ...charges: Partial<Charge>[]): Promise<void> {
  await world.start(run)
  const booked = charges.map((parts, at) => aCharge(run, `c${at}`, parts))
  await world.journal.append(aCommit(run, { entries: [anEntry(run, 2)], charges: booked }))
}

async function sums(world: World, query: Partial<CostQuery>) {
  const rows = await world.index.costs('t1', { by: 'agent', limit: 100, ...query })
  return rows.map(({ group, calls, nanos }) => [group, calls, nanos])
}

function proveSums(prove: Prove): void {
  prove('costs are summed up by agent, model, session, tag and UTC day', async (world) => {
    await charge(world, 'r1', { nanos: 5, session: 's1', tags: { team: 'red' } }, { nanos: 7, model: 'acme/small' })
    await charge(world, 'r2', { agent: 'reader', nanos: 100, time: 3 * DAY - 1, tags: { team: 'blue', x: 'red' } })
    await charge(world, 'r3', { nanos: 1, time: 3 * DAY, tags: { team: 'red' } })
    assert.deepEqual(await sums(world, { by: 'agent' }), [
      ['reader', 1, 100],
      ['writer', 3, 13],
    ])
    assert.deepEqual(await sums(world, { by: 'model' }), [
      ['acme/large', 3, 106],
      ['acme/small', 1, 7],
    ])
    assert.deepEqual(await sums(world, { by: 'session' }), [
      [undefined, 3, 108],
      ['s1', 1, 5],
    ])
    assert.deepEqual(await sums(world, { by: 'tag', tag: 'team' }), [
      ['blue', 1, 100],
      [undefined, 1, 7],
      ['red', 2, 6],
    ])
    assert.deepEqual(await sums(world, { by: 'tag', tag: '"]' }), [[undefined, 4, 113]])
    assert.deepEqual(await sums(world, { by: 'day' }), [
      ['1970-01-04', 1, 1],
      ['1970-01-03', 1, 100],
      ['1970-01-01', 2, 12],
    ])
    assert.deepEqual(await sums(world, { by: 'agent', limit: 1 }), [['reader', 1, 100]])
    assert.deepEqual(await sums(world, { from: 3 * DAY - 1, to: 3 * DAY }), [['reader', 1, 100]])
    assert.deepEqual(await world.index.costs('t2', { by: 'agent', limit: 10 }), [])
  })

  prove('a sum says its tokens, what is assumed of it, and how many calls had no price', async (world) => {
    const { nanos, ...unpriced } = aCharge('r1', 'b')
    await world.start('r1')
    const charges = [aCharge('r1', 'a', { assumed: true }), unpriced]
    await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)], charges }))
    const [row] = await world.index.costs('t1', { by: 'agent', limit: 10 })
    assert.deepEqual(row, {
      ...{ group: 'writer', calls: 2, nanos, unpriced: 1 },
      usage: { input: 14, cachedInput: 4, cacheWrite: 2, output: 6, reasoning: 2 },
      assumed: { calls: 1, tokens: 10, nanos: 100 },
    })
  })

  prove('costs are summed up over more charges than one read takes, many of them of one time', async (world) => {
    await world.start('r1')
    const charges = Array.from({ length: 4_500 }, (_, at) =>
      aCharge('r1', `c${at}`, { nanos: 1, time: at < 4_400 ? 7 : at }),
    )
    await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)], charges }))
    assert.deepEqual(await sums(world, {}), [['writer', 4_500, 4_500]])
    assert.deepEqual(await sums(world, { from: 7, to: 8 }), [['writer', 4_400, 4_400]])
    assert.deepEqual(await sums(world, { from: 8 }), [['writer', 100, 100]])
  })

  prove('a run’s cost is its own and that of the runs below it', async (world) => {
    await charge(world, 'top', { nanos: 1 })
    for (const [run, parent] of [
      ['child', 'top'],
      ['grandchild', 'child'],
      ['stranger', 'nobody'],
    ] as const) {
      const charges = [aCharge(run, 'a', { nanos: 10 })]
      await world.start(run, { record: { parent: { run: parent, step: 's' } } })
      await world.journal.append(aCommit(run, { entries: [anEntry(run, 2)], charges }))
    }
    assert.equal((await world.index.runCost('t1', 'top')).nanos, 21)
    assert.equal((await world.index.runCost('t1', 'grandchild')).nanos, 10)
    assert.equal((await world.index.runCost('t1', 'none')).calls, 0)
  })

  prove('budgets are listed newest first, by pages', async (world) => {
    for (const key of ['b1', 'b2', 'b3']) {
      const run = `of ${key}`
      await world.start(run)
      const reserves = [aReservation(run, 'a', { [key]: 100 })]
      await world.journal.append(aCommit(run, { entries: [anEntry(run, 2)], reserves }))
      world.clock.advance(10)
    }
    const first = await world.index.budgets('t1', {}, { limit: 2 })
    assert.deepEqual(
      first.items.map(({ key }) => key),
      ['b3', 'b2'],
    )
    assert.ok(first.cursor !== undefined)
    const second = await world.index.budgets('t1', {}, { limit: 2, cursor: first.cursor })
    assert.deepEqual([second.items.map(({ key }) => key), second.cursor], [['b1'], undefined])
    assert.deepEqual((await world.index.budgets('t2', {}, { limit: 2 })).items, [])
  })
}

function proveLife(prove: Prove): void {
  prove('the ledger outlives the runs, and goes when its own time is over', async (world) => {
    await charge(world, 'r1', { time: 1_000 }, { time: 5_000 })
    await world.journal.append(anEnd('r1', { entries: [anEntry('r1', 3, { kind: 'run-completed' })] }))
    await world.index.remove('t1', 'r1')
    assert.deepEqual(await sums(world, {}), [['writer', 2, 200]])
    const now = world.clock.now()
    await world.index.expire({ now, limit: 10 })
    assert.deepEqual(await sums(world, {}), [['writer', 2, 200]])
    await world.index.expire({ now, limit: 10, chargedBefore: 5_000 })
    assert.deepEqual(await sums(world, {}), [['writer', 1, 100]])
  })

  prove('a budget goes with the ledger’s time, unless something is reserved on it', async (world) => {
    await world.start('r1')
    await world.start('r2')
    for (const run of ['r1', 'r2']) {
      const reserves = [aReservation(run, 'a', { [`b ${run}`]: 100 })]
      await world.journal.append(aCommit(run, { entries: [anEntry(run, 2)], reserves }))
    }
    await world.journal.append(anEnd('r1', { entries: [anEntry('r1', 3, { kind: 'run-completed' })] }))
    const now = world.clock.now() + 10
    await world.index.expire({ now, limit: 10, chargedBefore: now })
    const { items } = await world.index.budgets('t1', {}, { limit: 10 })
    assert.deepEqual(
      items.map(({ key }) => key),
      ['b r2'],
    )
  })

  prove('a run that comes under the id of a removed one is charged anew only for what is new', async (world) => {
    await charge(world, 'r1', {})
    await world.journal.append(anEnd('r1', { entries: [anEntry('r1', 3, { kind: 'run-completed' })] }))
    await world.index.remove('t1', 'r1')
    await world.journal.submit(aSubmit('r1', { claim: { worker: 'w1' } }))
    const charges = [aCharge('r1', 'c0'), aCharge('r1', 'other')]
    await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)], charges }))
    assert.equal((await world.index.runCost('t1', 'r1')).calls, 2)
  })
}
