import { after, before, it } from 'node:test'
import { proveModel } from '../../../src/store/conformance/model.ts'
import { type RedisServer, startRedis } from '../server/redis.ts'
import { openPlayed } from './played.ts'
import { removeAll } from './remove-all.ts'

let redis: RedisServer
before(async () => {
  redis = await startRedis()
})
after(() => redis[Symbol.asyncDispose]())

const DIFFERS = 'budgets may show the limits of an attempt that was refused: POLIS_SHARDS_MODEL=1 plays it'

// Nothing is left in Redis of what was removed, whatever happened to it.
if (process.env.POLIS_SHARDS_MODEL === undefined) it('random histories over 3 shards', { skip: DIFFERS }, () => {})
else proveModel('redis in 3 shards', () => openPlayed(redis, 3), {}, removeAll, 'several')
