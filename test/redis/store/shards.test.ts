import { after, before } from 'node:test'
import { runConformance } from '../../../src/store/conformance.ts'
import { runTransferConformance } from '../../../src/store/conformance-transfer.ts'
import { type RedisServer, startRedis } from '../server/redis.ts'
import { openPlayed } from './played.ts'

let redis: RedisServer
before(async () => {
  redis = await startRedis()
})
after(() => redis[Symbol.asyncDispose]())

// Several shards are as many tags on one server: what differs from a Cluster is only who holds them.
runConformance('redis in 3 shards', () => openPlayed(redis, 3))
runTransferConformance('redis in 3 shards', () => openPlayed(redis, 3), true)
