import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { aClaim, aCommit, aSubmit, aWorker } from '../../../src/store/conformance/build.ts'
import { skipWithout } from '../server/binary.ts'
import { type RedisServer, startRedis } from '../server/redis.ts'
import { openPlayed, type Played } from './played.ts'

const skip = skipWithout('redis-server', 'redis-cli')
let redis: RedisServer
let opened: Played
before(async () => {
  if (skip) return
  redis = await startRedis()
  opened = await openPlayed(redis)
})
after(async () => {
  if (skip) return
  await opened.store.close()
  await redis[Symbol.asyncDispose]()
})

it('where nobody kept a lease for long, the living are given time to be back', { skip }, async () => {
  const { store, ask } = opened
  await store.coordination.register(aWorker('w1'))
  await store.journal.submit(aSubmit('r0', { claim: { worker: 'w1' } }))
  await ask('set', 'beat', 1)
  await opened.expire?.(store, 'w1')
  assert.equal(await store.coordination.reap(), 0)
  assert.equal((await store.index.get('t1', 'r0'))?.status, 'running')
  await opened.expire?.(store, 'w1')
  assert.equal(await store.coordination.reap(), 1)
  await store.journal.append(aCommit('r0', { epoch: 2, seize: true, next: { status: 'cancelled' } }))
})

it('G2: a worker whose lease is over gets no run, before others noticed and after', { skip }, async () => {
  const { store } = opened
  await store.coordination.register(aWorker('w1'))
  await store.journal.submit(aSubmit('r1'))
  await opened.expire?.(store, 'w1')
  assert.deepEqual((await store.coordination.claim(aClaim())).runs, [])
  await store.coordination.reap()
  assert.deepEqual((await store.coordination.claim(aClaim())).runs, [])
  await store.coordination.register(aWorker('w2'))
  assert.equal((await store.coordination.claim(aClaim({ worker: 'w2' }))).runs.length, 1)
})
