import { after, before, it } from 'node:test'
import { runConformance } from '../../../src/store/conformance.ts'
import { runTransferConformance } from '../../../src/store/conformance-transfer.ts'
import { skipWithout } from '../server/binary.ts'
import { type RedisServer, startRedis } from '../server/redis.ts'
import { openPlayed } from './played.ts'

const skip = skipWithout('redis-server', 'redis-cli')
if (skip) it('the store redis', { skip })
else {
  let redis: RedisServer
  before(async () => {
    redis = await startRedis()
  })
  after(() => redis[Symbol.asyncDispose]())

  runConformance('redis', () => openPlayed(redis))
  runTransferConformance('redis', () => openPlayed(redis))
}
