import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { aCharge, aCommit, anEntry, aSubmit, aWorker } from '../../../src/store/conformance/build.ts'
import { skipWithout } from '../server/binary.ts'
import { type RedisServer, startRedis } from '../server/redis.ts'
import { openPlayed } from './played.ts'

const skip = skipWithout('redis-server', 'redis-cli')

// Redis does one thing at a time, so that no call may take longer for what is stored beside what it is about.
describe('what one call does is bounded', { skip }, () => {
  let redis: RedisServer
  before(async () => {
    redis = await startRedis()
  })
  after(() => redis[Symbol.asyncDispose]())

  it('a list whose filter has no list of its own goes on until the page is full', async () => {
    const { store } = await openPlayed(redis)
    await using _ = store
    const releases = Array.from({ length: 1_300 }, (_, at) => (at % 400 === 0 ? 'rare' : 'usual'))
    await Promise.all(
      releases.map((release, at) =>
        store.journal.submit(aSubmit(`r${at}`, { record: { release, createdAt: 1_000 + Math.floor(at / 3) } })),
      ),
    )
    const first = await store.index.list('t1', { release: 'rare' }, { limit: 3 })
    assert.deepEqual(
      first.items.map(({ run }) => run),
      ['r1200', 'r800', 'r400'],
    )
    assert.ok(first.cursor !== undefined)
    const second = await store.index.list('t1', { release: 'rare' }, { limit: 3, cursor: first.cursor })
    assert.deepEqual([second.items.map(({ run }) => run), second.cursor], [['r0'], undefined])
  })

  it('a thousand charges go with one call that expires them', async () => {
    const { store, clock } = await openPlayed(redis)
    await using _ = store
    await store.coordination.register(aWorker('w1'))
    await store.journal.submit(aSubmit('r1', { claim: { worker: 'w1' } }))
    const charges = Array.from({ length: 2_500 }, (_, at) => aCharge('r1', `c${at}`, { time: 1_000 + at }))
    await store.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)], charges }))
    const left: (number | undefined)[] = []
    for (let call = 0; call < 3; call++) {
      await store.index.expire({ now: clock.now(), chargedBefore: 10_000, limit: 10 })
      const [row] = await store.index.costs('t1', { by: 'agent', limit: 10 })
      left.push(row?.calls)
    }
    assert.deepEqual(left, [1_500, 500, undefined])
  })
})
