import assert from 'node:assert/strict'
import type { ClaimOutcome } from '../coordination.ts'
import { AGENT, aClaim, aCommit, aMessage, anEnd, aSubmit, RELEASE } from './build.ts'
import type { Prove } from './world.ts'

/** Claiming: the right runs, to one worker each, in a fair order (G2, G9). */
export function proveClaim(prove: Prove): void {
  proveWho(prove)
  proveWhen(prove)
  proveOrder(prove)
}

function proveWho(prove: Prove): void {
  prove('G2: each claim raises the epoch and names the holder', async (world) => {
    await world.submit('r1')
    const { runs } = await world.coordination.claim(aClaim({ worker: 'w7' }))
    assert.deepEqual(
      runs.map(({ run, status, epoch, worker }) => [run, status, epoch, worker]),
      [['r1', 'running', 1, 'w7']],
    )
    assert.deepEqual(await world.index.get('t1', 'r1'), runs[0])
    await world.journal.append(aCommit('r1', { next: { status: 'queued', at: 1 } }))
    assert.equal((await world.coordination.claim(aClaim())).runs[0]?.epoch, 2)
  })

  prove('a journal that comes with a claim is whole, and no message waits for its run', async (world) => {
    for (const run of ['r1', 'r2', 'r3']) await world.submit(run)
    await world.coordination.claim(aClaim({ slots: 1 }))
    await world.journal.append(aCommit('r1', { next: { status: 'queued', at: 1 } }))
    await world.journal.deliver(aMessage('r2', 'm1'))
    const { fresh = new Map() } = await world.coordination.claim(aClaim())
    assert.ok(!fresh.has('r2'))
    for (const [run, entries] of fresh) assert.deepEqual(entries, await world.journal.read('t1', run, 0, 10))
  })

  prove('G2: two processes that claim at once never get the same run', async (world) => {
    const other = await world.another()
    for (let index = 0; index < 10; index++) await world.submit(`r${index}`)
    const claims = await Promise.all([
      world.coordination.claim(aClaim({ worker: 'w1', slots: 6 })),
      other.coordination.claim(aClaim({ worker: 'w2', slots: 6 })),
    ])
    const runs = claims.flatMap((claim) => names(claim))
    assert.equal(runs.length, 10)
    assert.equal(new Set(runs).size, 10)
  })

  prove('G9: a worker gets only runs of the releases that it holds', async (world) => {
    await world.submit('r1')
    await world.submit('r2', { record: { release: 'rel-2' } })
    await world.submit('r3', { record: { agent: 'reader' } })
    const outcome = await world.coordination.claim(aClaim())
    assert.deepEqual([names(outcome), outcome.more], [['r1'], false])
    assert.equal(await world.status('r2'), 'queued')
    assert.deepEqual(names(await world.coordination.claim(aClaim({ releases: { [AGENT]: 'rel-2' } }))), ['r2'])
  })

  prove('G9: with any, a worker gets every release of its agents, and no other agent', async (world) => {
    await world.submit('r1')
    await world.submit('r2', { record: { release: 'rel-2' } })
    await world.submit('r3', { record: { agent: 'reader' } })
    const outcome = await world.coordination.claim(aClaim({ any: true }))
    assert.deepEqual(names(outcome).sort(), ['r1', 'r2'])
  })

  prove('a claim without an agent, or without a slot, takes nothing', async (world) => {
    await world.submit('r1')
    assert.deepEqual(await world.coordination.claim(aClaim({ releases: {} })), { runs: [], more: false })
    assert.deepEqual(await world.coordination.claim(aClaim({ slots: 0 })), { runs: [], more: true })
    assert.equal(await world.status('r1'), 'queued')
  })
}

function proveWhen(prove: Prove): void {
  prove('what is due is queued and claimed at once, not a millisecond early', async (world) => {
    const at = world.clock.now() + 500
    await world.submit('r1', { notBefore: at })
    assert.deepEqual(await world.coordination.claim(aClaim({ now: at - 1 })), { runs: [], nextAt: at, more: false })
    const outcome = await world.coordination.claim(aClaim({ now: at }))
    assert.deepEqual([names(outcome), outcome.nextAt], [['r1'], undefined])
    assert.equal((await world.index.get('t1', 'r1'))?.wakeAt, undefined)
  })

  prove('G5: the next due time is that of the earliest suspended run', async (world) => {
    const now = world.clock.now()
    for (const delay of [900, 300, 600]) await world.submit(`r${delay}`, { notBefore: now + delay })
    assert.equal((await world.coordination.claim(aClaim({ now }))).nextAt, now + 300)
    const outcome = await world.coordination.claim(aClaim({ now: now + 650 }))
    assert.deepEqual([names(outcome).sort(), outcome.nextAt], [['r300', 'r600'], now + 900])
  })

  prove('G5: a run that waits without a time sleeps until it is told', async (world) => {
    await world.start('r1')
    await world.journal.append(aCommit('r1', { next: { status: 'suspended' } }))
    const never = await world.coordination.claim(aClaim({ now: Number.MAX_SAFE_INTEGER }))
    assert.deepEqual(never, { runs: [], more: false })
  })

  prove('a claim says whether the queue held more than it took', async (world) => {
    for (const run of ['r1', 'r2', 'r3']) await world.submit(run)
    assert.equal((await world.coordination.claim(aClaim({ slots: 2 }))).more, true)
    assert.equal((await world.coordination.claim(aClaim({ slots: 2 }))).more, false)
  })

  prove('a claim clears what the run was waiting for', async (world) => {
    await world.start('r1')
    await world.journal.append(aCommit('r1', { next: { status: 'queued', at: 1, reason: 'handed over' } }))
    assert.equal((await world.index.get('t1', 'r1'))?.reason, 'handed over')
    assert.equal((await world.coordination.claim(aClaim())).runs[0]?.reason, undefined)
  })
}

function proveOrder(prove: Prove): void {
  prove('within a tenant the higher priority goes first, then the longer wait', async (world) => {
    for (const [run, priority] of [
      ['a', 0],
      ['b', 5],
      ['c', 0],
      ['d', 5],
      ['e', -1],
    ] as const) {
      await world.submit(run, { record: { priority } })
      world.clock.advance(1)
    }
    const order: string[] = []
    for (let index = 0; index < 5; index++) order.push(...names(await world.coordination.claim(aClaim({ slots: 1 }))))
    assert.deepEqual(order, ['b', 'd', 'a', 'c', 'e'])
  })

  prove('runs that are equal in all else go by their ids', async (world) => {
    for (const run of ['c', 'a', 'b']) await world.submit(run)
    assert.deepEqual(names(await world.coordination.claim(aClaim({ slots: 2 }))), ['a', 'b'])
  })

  prove('a run that is queued again takes the place that its transition says', async (world) => {
    await world.start('r1')
    await world.submit('r2')
    await world.journal.append(aCommit('r1', { next: { status: 'queued', at: 1 } }))
    assert.deepEqual(names(await world.coordination.claim(aClaim({ slots: 1 }))), ['r1'])
  })

  prove('tenants take turns, whatever the length of their queues', async (world) => {
    for (let index = 0; index < 6; index++) await world.submit(`a${index}`, { record: { tenant: 'ta' } })
    for (let index = 0; index < 2; index++) await world.submit(`b${index}`, { record: { tenant: 'tb' } })
    const { runs } = await world.coordination.claim(aClaim({ slots: 4 }))
    assert.deepEqual(runs.map(({ tenant }) => tenant).sort(), ['ta', 'ta', 'tb', 'tb'])
  })

  prove('the tenant with the fewest running goes first', async (world) => {
    await world.start('a0', { record: { tenant: 'ta' } })
    await world.submit('a1', { record: { tenant: 'ta', priority: 9 } })
    await world.submit('b0', { record: { tenant: 'tb' } })
    assert.deepEqual(names(await world.coordination.claim(aClaim({ slots: 1 }))), ['b0'])
  })

  prove('no limit of an agent or a tenant is passed, by all workers together', async (world) => {
    await world.start('r0')
    for (const run of ['r1', 'r2', 'r3']) await world.submit(run)
    for (const run of ['s1', 's2']) await world.submit(run, { record: { agent: 'reader' } })
    const releases = { [AGENT]: RELEASE, reader: RELEASE }
    const agents = aClaim({ releases, limits: { perAgent: { [AGENT]: 2 } }, worker: 'w2' })
    const first = await world.coordination.claim(agents)
    assert.deepEqual([names(first).sort(), first.more], [['r1', 's1', 's2'], false])
    const tenants = aClaim({ releases, limits: { perAgent: {}, perTenant: 5 } })
    assert.equal((await world.coordination.claim(tenants)).runs.length, 1)
    assert.equal((await world.coordination.claim(tenants)).runs.length, 0)
    await world.journal.append(anEnd('r0'))
    assert.equal((await world.coordination.claim(tenants)).runs.length, 1)
  })

  prove('a limit that holds back one agent lets another of the tenant pass', async (world) => {
    await world.submit('r1', { record: { priority: 9 } })
    await world.journal.submit(aSubmit('s1', { record: { agent: 'reader' } }))
    const releases = { [AGENT]: RELEASE, reader: RELEASE }
    const outcome = await world.coordination.claim(aClaim({ releases, limits: { perAgent: { [AGENT]: 0 } } }))
    assert.deepEqual(names(outcome), ['s1'])
  })
}

function names({ runs }: ClaimOutcome): string[] {
  return runs.map(({ run }) => run)
}
