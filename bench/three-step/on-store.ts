import { setTimeout as delay } from 'node:timers/promises'
import { defineAgent } from '../../src/agent/define-agent.ts'
import { openStore } from '../open-store.ts'
import type { Peer, PeerOptions } from '../peer/one.ts'
import { openRuntime } from '../runtime.ts'
import { INPUT, OUTPUT } from './workload.ts'

/** Ours on Redis, or with the variant `sqlite` on the embedded store: submitter and worker in one process, as the peers that run in their caller's process. */
export async function createPeer({ redis, folder, variant, fsync, concurrency, shape }: PeerOptions): Promise<Peer> {
  // user code
  const agent = defineAgent({
    name: 'three-step',
    async run(context) {
      await context.step('first', () => OUTPUT, { effect: 'idempotent' })
      await context.step('second', () => OUTPUT, { effect: 'idempotent' })
      return context.step('third', () => OUTPUT, { effect: 'idempotent' })
    },
  })
  // end of user code

  const caller = { tenant: 'default' }
  const never = new AbortController().signal
  const durability = fsync === 'always' ? 'disk' : 'process'
  const { service, store, worker, ...runtime } = await openRuntime({
    store: await (variant === 'sqlite'
      ? openStore('sqlite', folder, durability)
      : openStore('redis', String(redis), durability)),
    agents: [agent],
    maxConcurrent: shape === 'queue' ? concurrency : 300,
  })
  const submit = () => service.submit(caller, { agent: 'three-step', input: INPUT })
  const countOpen = async () => {
    const counts = await store.index.counts()
    return counts.reduce((sum, { count }) => sum + count, 0)
  }
  return {
    async run() {
      const { run } = await submit()
      const { status, output } = await service.wait(caller, run.run, never)
      if (status !== 'completed') throw new Error(`run ended as ${status}`)
      return output
    },
    // As BullMQ's bulks: a hundred are submitted at a time, and counted where they end.
    async drain(runs) {
      for (let from = 0; from < runs; from += 100) {
        await Promise.all(Array.from({ length: Math.min(100, runs - from) }, submit))
      }
      while ((await countOpen()) > 0) await delay(20)
    },
    async close() {
      await runtime[Symbol.asyncDispose]()
    },
  }
}
