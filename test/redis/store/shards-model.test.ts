import { after, before } from 'node:test'
import { proveModel } from '../../../src/store/conformance/model.ts'
import { type RedisServer, startRedis } from '../server/redis.ts'
import { openPlayed } from './played.ts'
import { removeAll } from './remove-all.ts'

let redis: RedisServer
before(async () => {
  redis = await startRedis()
})
after(() => redis[Symbol.asyncDispose]())

// Nothing is left in Redis of what was removed, whatever happened to it.
proveModel('redis in 3 shards', () => openPlayed(redis, 3), {}, removeAll, 'several')
