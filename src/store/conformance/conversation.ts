import assert from 'node:assert/strict'
import { sessionTopic } from '../session.ts'
import { aCommit, anEnd, anEntry, aSession } from './build.ts'
import type { Prove, World } from './world.ts'

const DAY = 24 * 60 * 60 * 1000

/** Sessions as conversations: what clients say of them, the order of their turns, and the end of their time. */
export function proveConversation(prove: Prove): void {
  proveNames(prove)
  proveOrder(prove)
  proveLife(prove)
}

function proveNames(prove: Prove): void {
  prove('a session is begun once, without a run, with a title, tags and a time to live', async (world) => {
    const given = aSession('s1', { title: 'Invoices', tags: { team: 'blue' }, ttl: DAY })
    assert.equal(await world.index.createSession(given), true)
    assert.equal(await world.index.createSession(aSession('s1')), false)
    const { state, createdAt, updatedAt, ...session } = (await world.index.session('t1', 's1')) ?? assert.fail()
    assert.deepEqual(session, { ...given, version: 0, waiting: 0 })
    await world.submit('r1', { in: 's1' })
    assert.equal((await world.index.session('t1', 's1'))?.active, 'r1')
  })

  prove('a change touches what it names, and null takes away', async (world) => {
    await world.index.createSession(aSession('s1', { title: 'One', tags: { a: 'b' }, ttl: DAY }))
    assert.equal(await world.index.changeSession('t1', 's1', { title: 'Two' }), true)
    const changed = await world.index.session('t1', 's1')
    assert.deepEqual([changed?.title, changed?.tags, changed?.ttl], ['Two', { a: 'b' }, DAY])
    await world.index.changeSession('t1', 's1', { title: null, tags: {}, ttl: null })
    const bare = await world.index.session('t1', 's1')
    assert.deepEqual([bare?.title, bare?.tags, bare?.ttl], [undefined, {}, undefined])
    assert.equal(await world.index.changeSession('t1', 'nobody', { title: 'x' }), false)
    assert.equal(await world.index.changeSession('t2', 's1', { title: 'x' }), false)
  })

  prove('the run that has the turn gives the title, until a person does', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.submit('r2', { in: 's1' })
    const title = async () => (await world.index.session('t1', 's1'))?.title
    await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)], title: 'By r1' }))
    assert.equal(await title(), 'By r1')
    await world.journal.append(aCommit('r2', { seize: true, entries: [anEntry('r2', 2)], title: 'By r2' }))
    assert.equal(await title(), 'By r1')
    await world.index.changeSession('t1', 's1', { title: 'Mine' })
    await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 3)], title: 'By r1 again' }))
    assert.equal(await title(), 'Mine')
    await world.index.changeSession('t1', 's1', { title: null })
    await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 4)], title: 'By r1 at last' }))
    assert.equal(await title(), 'By r1 at last')
  })
}

function proveOrder(prove: Prove): void {
  prove('turns are numbered as they begin, and say which entries they had', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.submit('r2', { in: 's1' })
    assert.deepEqual(await turns(world), [{ place: 1, run: 'r1', after: 0 }])
    await world.journal.append(anEnd('r1'))
    assert.deepEqual(await turns(world), [
      { place: 1, run: 'r1', after: 0, until: 2 },
      { place: 2, run: 'r2', after: 0 },
    ])
    assert.deepEqual(await world.index.turns('t1', 's1', 2, 10), [{ place: 2, run: 'r2', after: 0 }])
    assert.deepEqual(await world.index.turns('t1', 's1', 1, 1), [{ place: 1, run: 'r1', after: 0, until: 2 }])
    assert.deepEqual(await world.index.turns('t2', 's1', 1, 10), [])
  })

  prove('a run that ends while it waits has a turn that was over at once', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.submit('r2', { in: 's1' })
    await world.journal.append(anEnd('r2', { seize: true, next: { status: 'cancelled' } }))
    assert.deepEqual((await turns(world))[1], { place: 2, run: 'r2', after: 0, until: 2 })
    await world.journal.append(anEnd('r1'))
    assert.deepEqual((await turns(world))[0], { place: 1, run: 'r1', after: 0, until: 2 })
  })

  prove('a run that is retried has another turn, from where its first was over', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.journal.append(anEnd('r1', { next: { status: 'failed' } }))
    await world.start('r2', { in: 's1' })
    const retried = [anEntry('r1', 3, { kind: 'run-retried', epoch: 2 })]
    await world.journal.append(
      aCommit('r1', { epoch: 2, seize: true, entries: retried, next: { status: 'queued', at: 1 } }),
    )
    await world.journal.append(anEnd('r2'))
    assert.deepEqual(await turns(world), [
      { place: 1, run: 'r1', after: 0, until: 2 },
      { place: 2, run: 'r2', after: 0, until: 2 },
      { place: 3, run: 'r1', after: 2 },
    ])
  })

  prove('the turns of a removed run go with it, and no place is given again', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.journal.append(anEnd('r1'))
    await world.index.remove('t1', 'r1')
    assert.deepEqual(await turns(world), [])
    await world.submit('r2', { in: 's1' })
    assert.deepEqual(await turns(world), [{ place: 2, run: 'r2', after: 0 }])
  })

  prove('watchers are told of the session when its turn passes', async (world) => {
    const heard = new Set<string>()
    const stop = world.journal.watch((runs) => {
      for (const run of runs ?? []) heard.add(run)
    })
    await world.submit('r1', { in: 's1' })
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    stop()
    assert.ok(heard.has(sessionTopic('s1')))
  })
}

function proveLife(prove: Prove): void {
  prove('a session past its time goes with its runs and those below them, unless one is unfinished', async (world) => {
    await world.index.createSession(aSession('s1', { ttl: DAY, tags: { team: 'blue' } }))
    await world.index.createSession(aSession('s2', { ttl: DAY }))
    await world.start('r1', { in: 's1' })
    await world.start('child', { record: { parent: { run: 'r1', step: 'call' } } })
    await world.start('r2', { in: 's2' })
    await world.journal.append(anEnd('child'))
    await world.journal.append(anEnd('r1'))
    const expire = () => world.index.expire({ now: world.clock.now(), limit: 10 })
    world.clock.advance(DAY - 1)
    assert.equal(await expire(), 0)
    world.clock.advance(1)
    assert.equal(await expire(), 3)
    assert.equal(await world.index.session('t1', 's1'), undefined)
    assert.deepEqual([await world.status('r1'), await world.status('child')], [undefined, undefined])
    assert.equal((await world.index.session('t1', 's2'))?.active, 'r2')
    assert.deepEqual((await world.index.sessions('t1', { tags: { team: 'blue' } }, { limit: 9 })).items, [])
  })

  prove('what happens in a session begins its time anew', async (world) => {
    await world.index.createSession(aSession('s1', { ttl: DAY }))
    world.clock.advance(DAY - 1)
    await world.index.changeSession('t1', 's1', { tags: {} })
    world.clock.advance(DAY - 1)
    await world.index.expire({ now: world.clock.now(), limit: 10 })
    assert.notEqual(await world.index.session('t1', 's1'), undefined)
  })

  prove('a session with many runs goes in several removals, oldest runs first', async (world) => {
    await world.index.createSession(aSession('s1', { ttl: 1 }))
    for (const run of ['r1', 'r2', 'r3']) {
      await world.start(run, { in: 's1' })
      await world.journal.append(anEnd(run))
    }
    world.clock.advance(1)
    const expire = () => world.index.expire({ now: world.clock.now(), limit: 2 })
    assert.equal(await expire(), 2)
    assert.deepEqual([await world.status('r1'), await world.status('r3')], [undefined, 'completed'])
    assert.equal(await expire(), 2)
    assert.equal(await world.index.session('t1', 's1'), undefined)
    assert.equal(await expire(), 0)
  })

  prove('runs below a run are removed before it, until so many are gone', async (world) => {
    for (const [run, parent] of [['top'], ['a', 'top'], ['b', 'top'], ['c', 'b']] as const) {
      const family = parent === undefined ? { in: 's1' } : { record: { parent: { run: parent, step: 'call' } } }
      await world.start(run, family)
      await world.journal.append(anEnd(run))
    }
    const remove = () => world.index.removeSessionRuns('t1', 's1', 2)
    assert.equal(await remove(), 2)
    const left = await Promise.all(['top', 'a', 'b', 'c'].map((run) => world.status(run)))
    assert.deepEqual(left, ['completed', undefined, 'completed', undefined])
    assert.equal(await remove(), 2)
    assert.equal(await remove(), 0)
  })

  prove('the runs of a session are removed on demand, open ones not', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.journal.append(anEnd('r1'))
    await world.start('r2', { in: 's1' })
    assert.equal(await world.index.removeSessionRuns('t1', 's1', 10), 1)
    assert.equal(await world.index.removeSessionRuns('t1', 's1', 10), 0)
    assert.equal(await world.status('r2'), 'running')
  })
}

function turns({ index }: World) {
  return index.turns('t1', 's1', 1, 10)
}
