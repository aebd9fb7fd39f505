import assert from 'node:assert/strict'
import { aClaim, aCommit, aMessage, anEnd, anEntry, aSubmit, bytes } from './build.ts'
import type { Prove, World } from './world.ts'

/** Sessions: their runs never overlap (G7). */
export function proveSession(prove: Prove): void {
  proveTurns(prove)
  proveState(prove)
}

function proveTurns(prove: Prove): void {
  prove('G7: while a run of a session is unfinished, the next ones are blocked', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.submit('r2', { in: 's1' })
    await world.submit('r3', { in: 's1', policy: 'interrupt' })
    await world.start('r4', { in: 's1', policy: 'rollback' })
    assert.deepEqual(await standing(world, 'r1', 'r2', 'r3', 'r4'), ['running', 'blocked', 'blocked', 'blocked'])
    const session = await world.index.session('t1', 's1')
    assert.deepEqual([session?.active, session?.waiting], ['r1', 3])
    assert.deepEqual((await world.coordination.claim(aClaim())).runs, [])
  })

  prove('G7: the end of a run queues the one that waits longest, in the same commit', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.submit('r2', { in: 's1' })
    await world.submit('r3', { in: 's1', record: { priority: 9 } })
    await world.journal.append(anEnd('r1'))
    assert.deepEqual(await standing(world, 'r1', 'r2', 'r3'), ['completed', 'queued', 'blocked'])
    const session = await world.index.session('t1', 's1')
    assert.deepEqual([session?.active, session?.waiting], ['r2', 1])
  })

  prove('G7: suspended, paused and queued runs keep the turn of their session', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.submit('r2', { in: 's1' })
    await world.journal.append(aCommit('r1', { next: { status: 'suspended' } }))
    assert.equal(await world.status('r2'), 'blocked')
    await world.journal.append(aCommit('r1', { epoch: 2, seize: true, next: { status: 'paused' } }))
    assert.equal(await world.status('r2'), 'blocked')
    await world.journal.append(aCommit('r1', { epoch: 3, seize: true, next: { status: 'queued', at: 1 } }))
    assert.equal(await world.status('r2'), 'blocked')
  })

  prove('G7: a submit that must not wait is refused while the session is busy', async (world) => {
    await world.start('r1', { in: 's1' })
    const key = { key: 'k', inputHash: 'h' }
    const refused = await world.journal.submit(aSubmit('r2', { in: 's1', policy: 'reject', key }))
    assert.deepEqual(refused, { kind: 'session-busy', run: 'r1' })
    assert.equal(await world.status('r2'), undefined)
    await world.journal.append(anEnd('r1'))
    const taken = await world.journal.submit(aSubmit('r2', { in: 's1', policy: 'reject', key }))
    assert.equal(taken.kind, 'submitted')
  })

  prove('G7: of submits to one session in one turn, exactly one has the turn', async (world) => {
    const other = await world.another()
    const submits = ['r1', 'r2', 'r3'].map((run) => aSubmit(run, { in: 's1' }))
    await Promise.all(submits.map((submit, index) => (index === 1 ? other : world.store).journal.submit(submit)))
    assert.deepEqual((await standing(world, 'r1', 'r2', 'r3')).sort(), ['blocked', 'blocked', 'queued'])
  })

  prove('sessions of one name in two tenants are two sessions', async (world) => {
    await world.submit('r1', { in: 's1' })
    const there = aSubmit('r2', { in: 's1', record: { tenant: 't2' } })
    const outcome = await world.journal.submit(there)
    assert.equal(outcome.kind === 'submitted' && outcome.record.status, 'queued')
  })

  prove('a blocked run that is cancelled leaves the line, and the turn where it is', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.submit('r2', { in: 's1' })
    await world.submit('r3', { in: 's1' })
    await world.journal.append(anEnd('r2', { seize: true, next: { status: 'cancelled' } }))
    assert.deepEqual(await standing(world, 'r1', 'r2', 'r3'), ['running', 'cancelled', 'blocked'])
    const session = await world.index.session('t1', 's1')
    assert.deepEqual([session?.active, session?.waiting], ['r1', 1])
    await world.journal.append(anEnd('r1'))
    assert.equal(await world.status('r3'), 'queued')
  })

  prove('G7: a continuation takes over the turn, before those that wait', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.submit('r2', { in: 's1' })
    const submits = [aSubmit('r1b', { in: 's1' })]
    await world.journal.append(anEnd('r1', { submits, next: { status: 'continued' } }))
    assert.deepEqual(await standing(world, 'r1', 'r1b', 'r2'), ['continued', 'queued', 'blocked'])
    assert.equal((await world.index.session('t1', 's1'))?.active, 'r1b')
  })

  prove('G7: an ended run that is retried waits for its turn again', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.journal.append(anEnd('r1', { next: { status: 'dead' } }))
    await world.start('r2', { in: 's1' })
    const retry = aCommit('r1', { epoch: 2, seize: true, next: { status: 'queued', at: 1 } })
    assert.deepEqual(await world.journal.append(retry), { kind: 'committed', status: 'blocked' })
    await world.journal.append(anEnd('r2'))
    assert.equal(await world.status('r1'), 'queued')
  })

  prove('G7: a blocked run cannot be moved on before its turn', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.submit('r2', { in: 's1' })
    const move = aCommit('r2', { seize: true, next: { status: 'queued', at: 1 } })
    assert.deepEqual(await world.journal.append(move), { kind: 'committed', status: 'blocked' })
    assert.equal((await world.index.session('t1', 's1'))?.waiting, 1)
  })

  prove('a blocked run that was delayed is suspended when its turn comes too early', async (world) => {
    const wakeAt = world.clock.now() + 100
    await world.start('r1', { in: 's1' })
    await world.submit('r2', { in: 's1', notBefore: wakeAt })
    await world.journal.append(anEnd('r1'))
    const record = await world.index.get('t1', 'r2')
    assert.deepEqual([record?.status, record?.wakeAt], ['suspended', wakeAt])
    assert.equal((await world.coordination.claim(aClaim({ now: wakeAt }))).runs[0]?.run, 'r2')
  })

  prove('a message to a blocked run waits for it', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.submit('r2', { in: 's1' })
    await world.journal.deliver(aMessage('r2', 'm1'))
    await world.journal.append(anEnd('r1'))
    assert.equal((await world.journal.inbox({ tenant: 't1', run: 'r2' })).length, 1)
  })
}

function proveState(prove: Prove): void {
  prove('a session begins empty, and keeps what its runs write, with a version', async (world) => {
    await world.start('r1', { in: 's1' })
    const empty = await world.index.session('t1', 's1')
    assert.deepEqual([empty?.state, empty?.version, empty?.agent], [new Uint8Array(), 0, 'writer'])
    const entries = [anEntry('r1', 2, { kind: 'session-updated' })]
    await world.journal.append(aCommit('r1', { entries, session: { state: bytes('one') } }))
    await world.journal.append(anEnd('r1', { entries: [anEntry('r1', 3)] }))
    const session = await world.index.session('t1', 's1')
    assert.deepEqual([session?.state, session?.version, session?.active], [bytes('one'), 1, undefined])
  })

  prove('G7: restore puts back the state from before the active run, whatever it wrote', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.journal.append(anEnd('r1', { session: { state: bytes('kept') } }))
    await world.start('r2', { in: 's1' })
    await world.journal.append(aCommit('r2', { entries: [anEntry('r2', 2)], session: { state: bytes('gone 1') } }))
    await world.journal.append(aCommit('r2', { entries: [anEntry('r2', 3)], session: { state: bytes('gone 2') } }))
    const end = { entries: [anEntry('r2', 4)], session: 'restore', next: { status: 'cancelled' } } as const
    await world.journal.append(aCommit('r2', end))
    assert.deepEqual((await world.index.session('t1', 's1'))?.state, bytes('kept'))
  })

  prove('G7: what is restored for a run that waited is the state at its start', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.submit('r2', { in: 's1' })
    await world.journal.append(anEnd('r1', { session: { state: bytes('of r1') } }))
    await world.coordination.claim(aClaim())
    await world.journal.append(aCommit('r2', { entries: [anEntry('r2', 2)], session: { state: bytes('of r2') } }))
    const end = { entries: [anEntry('r2', 3)], session: 'restore', next: { status: 'cancelled' } } as const
    await world.journal.append(aCommit('r2', end))
    assert.deepEqual((await world.index.session('t1', 's1'))?.state, bytes('of r1'))
  })

  prove('a run without the turn cannot change the state of its session', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.submit('r2', { in: 's1' })
    await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)], session: { state: bytes('of r1') } }))
    await world.journal.append(anEnd('r2', { seize: true, session: 'restore', next: { status: 'cancelled' } }))
    assert.deepEqual((await world.index.session('t1', 's1'))?.state, bytes('of r1'))
  })
}

function standing(world: World, ...runs: string[]): Promise<(string | undefined)[]> {
  return Promise.all(runs.map((run) => world.status(run)))
}
