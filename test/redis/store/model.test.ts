import { after, before, it } from 'node:test'
import { proveModel } from '../../../src/store/conformance/model.ts'
import { skipWithout } from '../server/binary.ts'
import { type RedisServer, startRedis } from '../server/redis.ts'
import { openPlayed } from './played.ts'
import { removeAll } from './remove-all.ts'

const skip = skipWithout('redis-server', 'redis-cli')
if (skip) it('the store redis', { skip })
else {
  let redis: RedisServer
  before(async () => {
    redis = await startRedis()
  })
  after(() => redis[Symbol.asyncDispose]())

  // Two processes on one Redis against the memory store: the same history must leave the same data, and nothing once all of it is removed.
  proveModel('redis', () => openPlayed(redis), {}, removeAll)
}
