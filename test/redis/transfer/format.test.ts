import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, it } from 'node:test'
import { manualClock } from '../../../src/core/manual-clock.ts'
import { aCommit, anEntry, aSchedule, aSubmit, aWorker } from '../../../src/store/conformance/build.ts'
import { type Format, type Migration, openFormat } from '../../../src/store/redis/format.ts'
import { openRedisStore } from '../../../src/store/redis/open.ts'
import { plainOperation, readNothing } from '../../../src/store/redis/operation.ts'
import { scheduleParts } from '../../../src/store/redis/schedule.ts'
import { createShard } from '../../../src/store/redis/shard.ts'
import { silentLog } from '../../../src/telemetry/log.ts'
import { silentMetrics } from '../../../src/telemetry/metrics.ts'
import { skipWithout } from '../server/binary.ts'
import { type RedisServer, startRedis } from '../server/redis.ts'
import { openTestLink } from '../store/test-link.ts'

const skip = skipWithout('redis-server', 'redis-cli')
let redis: RedisServer | undefined
before(async () => {
  if (!skip) redis = await startRedis()
})
after(() => redis?.[Symbol.asyncDispose]())

it('a store is brought to a later format by two processes at once, while one of the earlier format works on it and goes on', {
  skip,
}, async () => {
  const prefix = randomUUID()
  await using store = await openStore(prefix)
  await store.coordination.register(aWorker('w1'))
  await store.journal.submit(aSubmit('r1', { claim: { worker: 'w1' } }))
  const working = work(store)
  const next: Format = { newest: 2, oldest: 1, migrations: [mark] }
  await Promise.all([openAs(prefix, next), openAs(prefix, next)])
  assert.ok((await working.stop()) > 0, 'the earlier one worked meanwhile')
  assert.deepEqual(
    (await store.coordination.schedules()).map(({ name }) => name),
    ['marked'],
  )
  assert.equal((await store.transfer.state()).format, 2)
  await using later = await openStore(prefix)
  assert.equal((await later.index.get('t1', 'r1'))?.status, 'running')
})

it('a format that earlier versions must not work on is refused to them, with what to do, and not written to', {
  skip,
}, async () => {
  const prefix = randomUUID()
  await (await openStore(prefix)).close()
  await openAs(prefix, { newest: 2, oldest: 2, migrations: [mark] })
  await assert.rejects(openStore(prefix), { code: 'STORE_TOO_NEW', message: /format 2.*version knows 1.*later one/ })
})

it('a store of another number of shards is refused, since its runs would not be found', { skip }, async () => {
  const prefix = randomUUID()
  await (await openStore(prefix)).close()
  const more = openAs(prefix, { newest: 1, oldest: 1, migrations: [] }, 16)
  await assert.rejects(more, { code: 'INVALID_CONFIG', message: /16 shards.*got one of 1/ })
})

it('a migration that was cut off is done again by the next process', { skip }, async () => {
  const prefix = randomUUID()
  await (await openStore(prefix)).close()
  let tries = 0
  const flaky: Migration = async (shard) => {
    if (++tries === 1) throw new Error('cut off')
    await mark(shard)
  }
  await assert.rejects(openAs(prefix, { newest: 2, oldest: 1, migrations: [flaky] }), { message: 'cut off' })
  await openAs(prefix, { newest: 2, oldest: 1, migrations: [flaky] })
  assert.equal(tries, 2)
})

function server(): RedisServer {
  assert.ok(redis)
  return redis
}

async function openStore(prefix: string) {
  const link = await openTestLink(server().port, prefix)
  const parts = { durability: 'process', clock: manualClock(), log: silentLog, heartbeat: 60_000 } as const
  return openRedisStore({ ...parts, link, sender: randomUUID() })
}

// What a later version does as it opens the store.
async function openAs(prefix: string, format: Format, shards = 1): Promise<void> {
  const link = await openTestLink(server().port, prefix)
  const shard = createShard({ link, number: 0, clock: manualClock(), metrics: silentMetrics, sender: randomUUID() })
  try {
    await openFormat(shard, shards, format)
  } finally {
    await shard.stop()
    await link.close()
  }
}

// A schedule stands for whatever a migration writes: it may be written twice.
const mark: Migration = ({ write }) => write(plainOperation(scheduleParts(aSchedule('marked')), readNothing))

function work(store: Awaited<ReturnType<typeof openStore>>) {
  let stopped = false
  let done = 0
  const loop = (async () => {
    while (!stopped) {
      const entries = [anEntry('r1', done + 2)]
      const { kind } = await store.journal.append(aCommit('r1', { entries }))
      assert.equal(kind, 'committed')
      done++
    }
  })()
  return {
    stop: async () => {
      stopped = true
      await loop
      return done
    },
  }
}
