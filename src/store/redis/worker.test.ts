import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { PolisError } from '../../core/error.ts'
import { manualClock } from '../../core/manual-clock.ts'
import { silentLog } from '../../telemetry/log.ts'
import { aWorker } from '../conformance/build.ts'
import type { WatchListener } from '../journal.ts'
import { readAnswer } from './answer.ts'
import type { Operation } from './operation.ts'
import { createPacker, type Value } from './pack.ts'
import type { Shard } from './shard.ts'
import { createWorkers } from './worker.ts'

const HEARTBEAT = 3000

describe('the lease of a worker', () => {
  it('is renewed every third of a heartbeat, for one and a half', async () => {
    const { clock, workers, asked } = bed()
    await workers.register(aWorker('w1'))
    for (let third = 0; third < 3; third++) {
      clock.advance(HEARTBEAT / 3)
      await setImmediate()
    }
    const renewal = ['renew', 'w1', HEARTBEAT * 1.5]
    assert.deepEqual(asked.slice(1), [renewal, renewal, renewal])
  })

  it('that Redis does not know any more is lost, once', async () => {
    const { clock, workers, asked, answer } = bed()
    let lost = 0
    await workers.register(aWorker('w1'), () => lost++)
    answer.renew = false
    clock.advance(HEARTBEAT / 3)
    await setImmediate()
    clock.advance(HEARTBEAT * 10)
    await setImmediate()
    assert.deepEqual([lost, asked.length], [1, 2])
  })

  it('goes on being renewed while Redis does not answer', async () => {
    const { clock, workers, asked, answer } = bed()
    let lost = 0
    await workers.register(aWorker('w1'), () => lost++)
    answer.renew = new PolisError('STORE_UNAVAILABLE', 'no answer')
    for (let third = 0; third < 3; third++) {
      clock.advance(HEARTBEAT / 3)
      await setImmediate()
    }
    assert.deepEqual([lost, asked.length], [0, 4])
  })

  it('is looked at at once by who hears that it was taken for dead, or may have missed it', async () => {
    const { workers, asked, hear } = bed()
    await workers.register(aWorker('w1'))
    hear(new Set(['worker/w2', 'r1']))
    assert.equal(asked.length, 1)
    hear(new Set(['worker/w1']))
    hear(undefined)
    assert.deepEqual(
      asked.slice(1).map(([name]) => name),
      ['renew', 'renew'],
    )
  })

  it('stands surely until as long after its last renewal was sent', async () => {
    const { clock, workers, answer } = bed()
    assert.equal(workers.holds('w1'), false)
    await workers.register(aWorker('w1'))
    answer.renew = new PolisError('STORE_UNAVAILABLE', 'no answer')
    clock.advance(HEARTBEAT * 1.5 - 1)
    await setImmediate()
    assert.equal(workers.holds('w1'), true)
    clock.advance(1)
    assert.equal(workers.holds('w1'), false)
    answer.renew = true
    clock.advance(HEARTBEAT / 3)
    await setImmediate()
    assert.equal(workers.holds('w1'), true)
  })

  it('is given back, and not renewed any more', async () => {
    const { clock, workers, asked } = bed()
    await workers.register(aWorker('w1'))
    await workers.releaseAll()
    clock.advance(HEARTBEAT * 10)
    assert.deepEqual(asked.at(-1), ['unregister', 'w1'])
  })

  it('of a worker that another process has is refused', async () => {
    const { workers, answer } = bed()
    answer.register = false
    await assert.rejects(workers.register(aWorker('w1')), { code: 'CONFLICT' })
  })
})

/** Workers of a shard that answers as it is told: true, unless told otherwise. */
function bed() {
  const clock = manualClock()
  const asked: Value[][] = []
  const answer: Record<string, boolean | PolisError> = {}
  const listeners = new Set<WatchListener>()
  const write = async <T>(operation: Operation<T>): Promise<T> => {
    const parts = partsOf(operation)
    asked.push(parts)
    const given = answer[String(parts[0])] ?? true
    if (typeof given !== 'boolean') throw given
    const packer = createPacker()
    packer.value(given)
    return operation.read(readAnswer(packer.take()))
  }
  const watch: Shard['watch'] = (listener) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  const shard: Shard = { number: 0, write, keep: write, read: write, watch, stop: async () => {} }
  const hear = (topics: ReadonlySet<string> | undefined) => {
    for (const listener of listeners) listener(topics, new Set())
  }
  return { clock, asked, answer, hear, workers: createWorkers(shard, { clock, log: silentLog, heartbeat: HEARTBEAT }) }
}

function partsOf(operation: Operation<unknown>): Value[] {
  const packer = createPacker()
  operation.pack(packer)
  const given = readAnswer(packer.take())
  return Array.from({ length: given.array() }, () => (given.kind() === 'text' ? given.text() : given.number()))
}
