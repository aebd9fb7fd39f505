import assert from 'node:assert/strict'
import type { Page, Paged, QuestionFilter, RunFilter } from '../index-port.ts'
import type { SessionFilter } from '../session.ts'
import { aCommit, anEnd, aQuestion, aSession } from './build.ts'
import type { Prove } from './world.ts'

/** Lists: newest first, filtered, in pages that stay put. */
export function proveListing(prove: Prove): void {
  prove('runs are listed newest first, and by id where they are equally old', async (world) => {
    for (const [run, createdAt] of [
      ['b', 1],
      ['a', 1],
      ['c', 3],
      ['d', 2],
    ] as const) {
      await world.submit(run, { record: { createdAt } })
    }
    const { items, cursor } = await world.index.list('t1', {}, { limit: 10 })
    assert.deepEqual([items.map(({ run }) => run), cursor], [['c', 'd', 'b', 'a'], undefined])
  })

  prove('pages give each run once, also when runs come and change in between', async (world) => {
    for (let index = 0; index < 10; index++) await world.submit(`r${index}`, { record: { createdAt: 100 + index } })
    const list = (page: Page) => world.index.list('t1', {}, page)
    const first = await list({ limit: 4 })
    await world.submit('newer', { record: { createdAt: 999 } })
    await world.submit('older', { record: { createdAt: 1 } })
    await world.journal.append(anEnd('r3', { seize: true }))
    const rest = await all(list, { limit: 4, ...(first.cursor === undefined ? {} : { cursor: first.cursor }) })
    const seen = [...first.items, ...rest].map(({ run }) => run)
    assert.deepEqual(seen, ['r9', 'r8', 'r7', 'r6', 'r5', 'r4', 'r3', 'r2', 'r1', 'r0', 'older'])
  })

  prove('a last page that is full has no cursor', async (world) => {
    for (const run of ['a', 'b']) await world.submit(run)
    assert.equal((await world.index.list('t1', {}, { limit: 2 })).cursor, undefined)
  })

  prove('a cursor that is none of ours is INVALID_ARGUMENT', async ({ index }) => {
    for (const cursor of ['nonsense', '', '🌍', 'e30']) {
      await assert.rejects(index.list('t1', {}, { limit: 2, cursor }), { code: 'INVALID_ARGUMENT' })
    }
  })

  prove('every filter narrows the list, and all of them together', async (world) => {
    await world.start('a', { in: 's1', record: { tags: { team: 'blue', tier: '1' }, createdAt: 10 } })
    await world.submit('b', { record: { agent: 'reader', tags: { team: 'blue' }, createdAt: 20 } })
    await world.submit('c', { record: { release: 'rel-2', parent: { run: 'a', step: 'x' }, createdAt: 30 } })
    const found = async (filter: RunFilter) =>
      (await world.index.list('t1', filter, { limit: 10 })).items.map(({ run }) => run).join('')
    assert.equal(await found({ agent: 'reader' }), 'b')
    assert.equal(await found({ status: ['running'] }), 'a')
    assert.equal(await found({ status: ['running', 'queued'] }), 'cba')
    assert.equal(await found({ status: [] }), '')
    assert.equal(await found({ session: 's1' }), 'a')
    assert.equal(await found({ parent: 'a' }), 'c')
    assert.equal(await found({ release: 'rel-2' }), 'c')
    assert.equal(await found({ tags: { team: 'blue' } }), 'ba')
    assert.equal(await found({ tags: { team: 'blue', tier: '1' } }), 'a')
    assert.equal(await found({ tags: { team: 'red' } }), '')
    assert.equal(await found({ createdFrom: 20 }), 'cb')
    assert.equal(await found({ createdFrom: 10, createdTo: 20 }), 'a')
    assert.equal(await found({ agent: 'writer', status: ['queued'], createdFrom: 20, release: 'rel-2' }), 'c')
    assert.equal(await found({ agent: 'writer', tags: { team: 'blue' }, createdFrom: 20 }), '')
  })

  prove('filters take hostile text as text', async (world) => {
    const odd = `%_'"; DROP TABLE run; -- \\ 🌍`
    await world.submit('a', { record: { tags: { [odd]: odd } } })
    await world.submit('b', { record: { tags: { x: 'y' } } })
    const { items } = await world.index.list('t1', { tags: { [odd]: odd } }, { limit: 10 })
    assert.deepEqual(
      items.map(({ run }) => run),
      ['a'],
    )
    assert.deepEqual((await world.index.list('t1', { agent: odd }, { limit: 10 })).items, [])
    assert.deepEqual((await world.index.list(odd, {}, { limit: 10 })).items, [])
  })

  prove('counts are of open runs, over all tenants, by status and agent', async (world) => {
    await world.start('a')
    await world.submit('b')
    await world.submit('c', { record: { tenant: 't2' } })
    await world.submit('d', { record: { agent: 'reader' } })
    await world.start('e')
    await world.journal.append(anEnd('e'))
    const counts = await world.index.counts()
    assert.deepEqual(counts.map(({ status, agent, count }) => `${status} ${agent} ${count}`).sort(), [
      'queued reader 1',
      'queued writer 2',
      'running writer 1',
    ])
  })

  prove('releases are counted by their open runs, over all tenants, whatever these wait for', async (world) => {
    const releases = async () =>
      (await world.index.releases()).map(({ agent, release, count }) => `${agent} ${release} ${count}`).sort()
    assert.deepEqual(await releases(), [])
    await world.start('a')
    await world.submit('b', { record: { tenant: 't2' } })
    await world.submit('c', { record: { tenant: 't2', release: 'rel:2' } })
    await world.submit('d', { record: { agent: 'reader', release: 'rel:2' } })
    assert.deepEqual(await releases(), ['reader rel:2 1', 'writer rel-1 2', 'writer rel:2 1'])
    await world.journal.append(aCommit('a', { next: { status: 'suspended', wakeAt: 1_000_000 } }))
    assert.deepEqual(await releases(), ['reader rel:2 1', 'writer rel-1 2', 'writer rel:2 1'])
    await world.start('e')
    await world.journal.append(anEnd('e'))
    await world.index.remove('t1', 'e')
    assert.deepEqual(await releases(), ['reader rel:2 1', 'writer rel-1 2', 'writer rel:2 1'])
  })

  prove('questions are listed newest first, of one run or of all, in pages', async (world) => {
    await world.start('a')
    await world.start('b')
    const [q1, q2] = [aQuestion('a', 'q1', { askedAt: 1 }), aQuestion('a', 'q2', { askedAt: 3, deadline: 9 })]
    const q3 = aQuestion('b', 'q3', { askedAt: 2 })
    await world.journal.append(aCommit('a', { asks: [q1, q2] }))
    await world.journal.append(aCommit('b', { asks: [q3] }))
    assert.deepEqual(await all((page) => world.index.questions('t1', {}, page), { limit: 1 }), [q2, q3, q1])
    assert.deepEqual(await all((page) => world.index.questions('t1', { run: 'a' }, page), { limit: 5 }), [q2, q1])
    assert.deepEqual((await world.index.questions('t2', {}, { limit: 5 })).items, [])
  })

  prove('questions are filtered by run, agent and assignee, and one is found by its id', async (world) => {
    await world.start('a')
    await world.start('b', { record: { agent: 'reader' } })
    const q1 = aQuestion('a', 'q1', { askedAt: 1, assignee: 'finance' })
    const q2 = aQuestion('a', 'q2', { askedAt: 2 })
    const q3 = aQuestion('b', 'q3', { askedAt: 3, assignee: 'finance', agent: 'reader' })
    await world.journal.append(aCommit('a', { asks: [q1, q2] }))
    await world.journal.append(aCommit('b', { asks: [q3] }))
    const found = async (filter: QuestionFilter) =>
      (await all((page) => world.index.questions('t1', filter, page), { limit: 1 })).map(({ id }) => id).join()
    assert.equal(await found({ assignee: 'finance' }), 'q3,q1')
    assert.equal(await found({ agent: 'reader' }), 'q3')
    assert.equal(await found({ agent: 'writer', assignee: 'finance' }), 'q1')
    assert.equal(await found({ run: 'a', assignee: 'finance' }), 'q1')
    assert.equal(await found({ run: 'a', agent: 'reader' }), '')
    assert.equal(await found({ assignee: 'nobody' }), '')
    assert.deepEqual(await world.index.question('t1', 'a', 'q1'), q1)
    assert.equal(await world.index.question('t1', 'b', 'q1'), undefined)
    assert.equal(await world.index.question('t2', 'a', 'q1'), undefined)
  })

  prove('sessions are listed newest first, in pages', async (world) => {
    for (const name of ['s1', 's2', 's3']) {
      world.clock.advance(1)
      await world.submit(`r-${name}`, { in: name })
    }
    const sessions = await all((page) => world.index.sessions('t1', {}, page), { limit: 2 })
    assert.deepEqual(
      sessions.map(({ session, active }) => [session, active]),
      [
        ['s3', 'r-s3'],
        ['s2', 'r-s2'],
        ['s1', 'r-s1'],
      ],
    )
    assert.equal(await world.index.session('t2', 's1'), undefined)
  })

  prove('sessions are filtered by agent, tags and whether a run is unfinished', async (world) => {
    await world.index.createSession(aSession('s1', { tags: { team: 'blue', tier: '1' } }))
    await world.index.createSession(aSession('s2', { agent: 'reader', tags: { team: 'blue' } }))
    await world.submit('r1', { in: 's1' })
    await world.submit('r3', { in: 's3' })
    const found = async (filter: SessionFilter) =>
      (await all((page) => world.index.sessions('t1', filter, page), { limit: 1 })).map(({ session }) => session).join()
    assert.equal(await found({}), 's3,s2,s1')
    assert.equal(await found({ agent: 'reader' }), 's2')
    assert.equal(await found({ active: true }), 's3,s1')
    assert.equal(await found({ active: false }), 's2')
    assert.equal(await found({ tags: { team: 'blue' } }), 's2,s1')
    assert.equal(await found({ tags: { team: 'blue', tier: '1' } }), 's1')
    assert.equal(await found({ tags: { team: 'blue' }, active: true, agent: 'writer' }), 's1')
    await world.index.changeSession('t1', 's1', { tags: { team: 'red' } })
    assert.equal(await found({ tags: { team: 'blue' } }), 's2')
    assert.equal(await found({ tags: { team: 'red' } }), 's1')
  })
}

async function all<T>(list: (page: Page) => Promise<Paged<T>>, page: Page): Promise<readonly T[]> {
  const { items, cursor } = await list(page)
  return cursor === undefined ? items : [...items, ...(await all(list, { ...page, cursor }))]
}
