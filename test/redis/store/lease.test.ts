import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { aClaim, aSubmit, aWorker } from '../../../src/store/conformance/build.ts'
import type { Opened } from '../../../src/store/conformance.ts'
import { skipWithout } from '../server/binary.ts'
import { type RedisServer, startRedis } from '../server/redis.ts'
import { openPlayed } from './played.ts'

const skip = skipWithout('redis-server', 'redis-cli')
let redis: RedisServer
let opened: Opened
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
