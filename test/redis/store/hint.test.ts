import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { aClaim, aCommit, anEnd, anEntry, aSubmit, aWorker } from '../../../src/store/conformance/build.ts'
import type { Store } from '../../../src/store/store.ts'
import { skipWithout } from '../server/binary.ts'
import { type RedisServer, startRedis } from '../server/redis.ts'
import { openPlayed } from './played.ts'

const skip = skipWithout('redis-server', 'redis-cli')
let redis: RedisServer
before(async () => {
  if (!skip) redis = await startRedis()
})
after(() => (skip ? undefined : redis[Symbol.asyncDispose]()))

it('another process hears which runs changed, and whether some wait to be claimed or timers were set', {
  skip,
}, async () => {
  const { store, reopen } = await openPlayed(redis)
  const other = await reopen()
  try {
    await store.coordination.register(aWorker('w1'))
    const { journal, coordination } = store
    const heard = async (change: () => Promise<unknown>) => {
      const news = nextNews(other)
      await change()
      return news
    }
    assert.deepEqual(await heard(() => journal.submit(aSubmit('r1'))), { runs: ['r1'], quiet: [], waiting: true })
    assert.deepEqual(await heard(() => coordination.claim(aClaim())), { runs: ['r1'], quiet: [], waiting: false })
    const step = aCommit('r1', { entries: [anEntry('r1', 2)] })
    assert.deepEqual(await heard(() => journal.append(step)), { runs: ['r1'], quiet: ['r1'], waiting: false })
    const sleep = aCommit('r1', { next: { status: 'suspended', wakeAt: 10_000 } })
    assert.deepEqual(await heard(() => journal.append(sleep)), { runs: ['r1'], quiet: [], waiting: true })
    await heard(() => coordination.claim(aClaim()))
    const end = anEnd('r1', { epoch: 2, entries: [anEntry('r1', 3, { epoch: 2, kind: 'run-completed' })] })
    assert.deepEqual(await heard(() => journal.append(end)), { runs: ['r1'], quiet: [], waiting: false })
  } finally {
    await other.close()
    await store.close()
  }
})

interface Heard {
  readonly runs: readonly string[] | undefined
  readonly quiet: readonly string[]
  readonly waiting: boolean | undefined
}

function nextNews({ journal }: Store): Promise<Heard> {
  return new Promise((resolve) => {
    const stop = journal.watch((runs, quiet, waiting) => {
      stop()
      resolve({ runs: runs && [...runs], quiet: [...quiet], waiting })
    })
  })
}
