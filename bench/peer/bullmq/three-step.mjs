// BullMQ with a journal by hand: a hash for each job, read when the job begins, a field written after each step.
import { Queue, QueueEvents, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { INPUT, OUTPUT } from '../workload.mjs'

export async function createPeer({ redis, concurrency }) {
  const connect = () => new Redis({ port: redis, maxRetriesPerRequest: null, enableAutoPipelining: true })

  // user code
  const journal = connect()
  const queue = new Queue('three-step', { connection: connect() })

  async function step(job, recorded, name, work) {
    if (recorded[name] !== undefined) return JSON.parse(recorded[name])
    const result = await work()
    await journal.hset(`journal:${job.id}`, name, JSON.stringify(result))
    return result
  }

  async function threeStep(job) {
    const recorded = await journal.hgetall(`journal:${job.id}`)
    await step(job, recorded, 'first', () => OUTPUT)
    await step(job, recorded, 'second', () => OUTPUT)
    return step(job, recorded, 'third', () => OUTPUT)
  }

  const worker = new Worker('three-step', threeStep, { connection: connect(), concurrency })
  const events = new QueueEvents('three-step', { connection: connect() })
  // end of user code

  // Each run that is waited for listens to them.
  queue.setMaxListeners(0)
  events.setMaxListeners(0)
  await Promise.all([worker.waitUntilReady(), events.waitUntilReady()])
  return {
    async run() {
      const job = await queue.add('run', INPUT)
      return job.waitUntilFinished(events)
    },
    // Its best: jobs are added in bulks, and counted where they end.
    async drain(runs) {
      let left = runs
      const done = new Promise((resolve) => {
        worker.on('completed', () => --left === 0 && resolve())
      })
      for (let from = 0; from < runs; from += 100) {
        await queue.addBulk(Array.from({ length: Math.min(100, runs - from) }, () => ({ name: 'run', data: INPUT })))
      }
      await done
      worker.removeAllListeners('completed')
    },
    async close() {},
  }
}
