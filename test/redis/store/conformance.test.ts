import { after, before } from 'node:test'
import { runConformance } from '../../../src/store/conformance.ts'
import { type RedisServer, startRedis } from '../server/redis.ts'
import { openPlayed } from './played.ts'

let redis: RedisServer
before(async () => {
  redis = await startRedis()
})
after(() => redis[Symbol.asyncDispose]())

runConformance('redis', () => openPlayed(redis))
