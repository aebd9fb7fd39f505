import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import fc from 'fast-check'
import type { RunRecord } from '../../../src/core/run.ts'
import { aClaim, anEntry, aSubmit } from '../../../src/store/conformance/build.ts'
import { openMemoryStore } from '../../../src/store/memory/open.ts'
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

const tenant = fc.constantFrom('t1', 't2', 't3', 't4')
const agent = fc.constantFrom('a1', 'a2', 'a3')
const queued = fc.record({
  tenant,
  agent,
  release: fc.constantFrom('one', 'two'),
  priority: fc.integer({ min: -2, max: 2 }),
  wait: fc.integer({ min: 0, max: 2 }),
})
const limit = fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined })
const claim = fc.record({
  slots: fc.integer({ min: 0, max: 12 }),
  agents: fc.uniqueArray(agent, { minLength: 1 }),
  any: fc.boolean(),
  perTenant: limit,
  perAgent: fc.dictionary(agent, fc.integer({ min: 0, max: 5 }), { maxKeys: 2 }),
})

it('Redis picks what waits as fairly as the model does, in the same order', { skip }, async () => {
  const histories = fc.tuple(
    fc.array(queued, { maxLength: 40, size: 'max' }),
    fc.array(claim, { minLength: 1, maxLength: 5 }),
  )
  await fc.assert(
    fc.asyncProperty(histories, async ([runs, claims]) => {
      const { store, clock } = await openPlayed(redis)
      const model = openMemoryStore({ clock })
      try {
        for (const [index, run] of runs.entries()) {
          clock.advance(run.wait)
          for (const one of [store, model]) await submit(one, `r${index % 7}-${index}`, run)
        }
        for (const { slots, agents, any, perTenant, perAgent } of claims) {
          const limits = { perAgent, ...(perTenant === undefined ? {} : { perTenant }) }
          const releases = Object.fromEntries(agents.map((name) => [name, 'one']))
          const request = aClaim({ slots, any, limits, releases, now: clock.now() })
          const { fresh: _, ...claimed } = await store.coordination.claim(request)
          assert.deepEqual(claimed, await model.coordination.claim(request))
        }
      } finally {
        await store.close()
        await model.close()
      }
    }),
    { numRuns: 60, interruptAfterTimeLimit: 20_000 },
  )
})

type Queued = Pick<RunRecord, 'tenant' | 'agent' | 'release' | 'priority'>

async function submit(store: Store, run: string, { tenant, agent, release, priority }: Queued): Promise<void> {
  const entries = [anEntry(run, 1, { tenant, kind: 'run-submitted', epoch: 0 })]
  await store.journal.submit(aSubmit(run, { record: { tenant, agent, release, priority }, entries }))
}
