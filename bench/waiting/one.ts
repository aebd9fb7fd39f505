/** `suspend` makes so many runs wait; `wake` measures a worker's memory beside them, and how quickly they wake. Prints a line of JSON. */
import { z } from 'zod'
import { defineAgent } from '../../src/agent/define-agent.ts'
import { openStore } from '../open-store.ts'
import { type BenchRuntime, openRuntime } from '../runtime.ts'

/** How long suspending took. */
export interface Suspended {
  readonly runs: number
  readonly seconds: number
}

/** What was found; memory in MB, times in ms. */
export interface Waited {
  readonly heap: number
  readonly rss: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  readonly timerP50: number
  readonly timerP99: number
  readonly timerMax: number
}

const SAMPLES = 500
const [, , folder = '', what, count = '0'] = process.argv
const caller = { tenant: 'default' }
const never = new AbortController().signal

const waiter = defineAgent({
  name: 'waiter',
  async run(context) {
    return context.receive('go', z.number())
  },
})

const sleeper = defineAgent({
  name: 'sleeper',
  input: z.object({ until: z.number() }),
  async run(context, { until }) {
    await context.sleep(Math.max(0, until - context.now()))
    return until
  },
})

const options = {
  store: await openStore('sqlite', folder),
  agents: [waiter, sleeper],
  maxConcurrent: 256,
} as const
console.log(JSON.stringify(what === 'suspend' ? await suspendAll(Number(count)) : await wake(Number(count))))

async function suspendAll(runs: number): Promise<Suspended> {
  await using runtime = await openRuntime(options)
  const startedAt = performance.now()
  for (let from = 0; from < runs; from += 1000) {
    const batch = Math.min(1000, runs - from)
    await Promise.all(
      Array.from({ length: batch }, () => runtime.service.submit(caller, { agent: 'waiter', input: null })),
    )
  }
  while ((await countSuspended(runtime)) < runs) await new Promise((resolve) => setTimeout(resolve, 50))
  return { runs, seconds: (performance.now() - startedAt) / 1000 }
}

async function countSuspended({ store }: BenchRuntime): Promise<number> {
  const counts = await store.index.counts()
  return counts.find(({ status }) => status === 'suspended')?.count ?? 0
}

async function wake(runs: number): Promise<Waited> {
  await using runtime = await openRuntime(options)
  await new Promise((resolve) => setTimeout(resolve, 1000))
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  const latencies = runs === 0 ? [] : await wakeByMessage(runtime)
  const late = await wakeByTimer(runtime)
  const of = (values: readonly number[], share: number) =>
    values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0
  return {
    ...{ heap: heapUsed / 2 ** 20, rss: rss / 2 ** 20 },
    ...{ p50: of(latencies, 0.5), p99: of(latencies, 0.99), max: latencies.at(-1) ?? 0 },
    ...{ timerP50: of(late, 0.5), timerP99: of(late, 0.99), timerMax: late.at(-1) ?? 0 },
  }
}

async function wakeByMessage({ store, service }: BenchRuntime): Promise<number[]> {
  const { items } = await store.index.list('default', { status: ['suspended'] }, { limit: SAMPLES })
  const latencies: number[] = []
  for (const { run } of items) {
    const from = performance.now()
    await service.send(caller, run, { name: 'go', data: 1 })
    await service.wait(caller, run, never)
    latencies.push(performance.now() - from)
  }
  return latencies.sort((a, b) => a - b)
}

// Runs whose timers are spread over two seconds, suspended meanwhile.
async function wakeByTimer({ service }: BenchRuntime): Promise<number[]> {
  const base = Date.now() + 1500
  const late = await Promise.all(
    Array.from({ length: 200 }, async (_, at) => {
      const until = base + at * 10
      const { run } = await service.submit(caller, { agent: 'sleeper', input: { until } })
      const ended = await service.wait(caller, run.run, never)
      return (ended.endedAt ?? Number.NaN) - until
    }),
  )
  return late.sort((a, b) => a - b)
}
