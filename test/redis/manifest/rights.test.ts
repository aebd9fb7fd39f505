import { after, before, it } from 'node:test'
import { AGENTS_COMMANDS } from '../../../src/manifest/render/redis/user.ts'
import { runConformance } from '../../../src/store/conformance.ts'
import { runTransferConformance } from '../../../src/store/conformance-transfer.ts'
import { skipWithout } from '../server/binary.ts'
import { type RedisServer, startRedis } from '../server/redis.ts'
import { openPlayed } from '../store/played.ts'

const skip = skipWithout('redis-server', 'redis-cli')
if (skip) it('the store redis as the user of agents', { skip })
else {
  let redis: RedisServer
  before(async () => {
    // The tests ask as another user, which may do everything.
    redis = await startRedis({ users: ['nobody off'] })
    const rights = ['~{*', '&{*', '-@all', ...AGENTS_COMMANDS.map((command) => `+${command}`)]
    await redis.ask('acl', 'setuser', 'default', 'reset', 'on', 'nopass', ...rights)
  })
  after(() => redis[Symbol.asyncDispose]())

  runConformance('redis, as the user of agents', () => openPlayed(redis))
  runTransferConformance('redis, as the user of agents', () => openPlayed(redis))
}
