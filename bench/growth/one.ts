/** One run of ten thousand steps; the time of a step around some of them. Prints a line of JSON. */
import { join } from 'node:path'
import { defineAgent } from '../../src/agent/define-agent.ts'
import { openRuntime } from '../runtime.ts'

/** Time and processor time of one step (ms), as the mean of 400 steps from there on. */
export interface Grown {
  readonly places: readonly { readonly at: number; readonly ms: number; readonly cpu: number }[]
}

const WINDOW = 400
// The first steps of a process warm it up: a run of its own does that.
const PLACES = [10, 1000, 5000, 9600] as const
const [, , folder = ''] = process.argv
const places: { at: number; ms: number; cpu: number }[] = []

const long = defineAgent({
  name: 'long',
  async run(context, input) {
    const steps = Number(input)
    let from = { time: 0, cpu: process.cpuUsage() }
    for (let step = 1; step <= steps; step++) {
      if (PLACES.some((at) => at === step)) from = { time: performance.now(), cpu: process.cpuUsage() }
      await context.step('one', () => 'y'.repeat(98), { effect: 'idempotent' })
      const at = PLACES.find((place) => place + WINDOW === step)
      if (at !== undefined && steps === 10_000) {
        const { user, system } = process.cpuUsage(from.cpu)
        places.push({ at, ms: (performance.now() - from.time) / WINDOW, cpu: (user + system) / 1000 / WINDOW })
      }
    }
    return steps
  },
})

await using runtime = await openRuntime({
  path: join(folder, 'store.db'),
  durability: 'process',
  agents: [long],
  maxConcurrent: 4,
})
for (const steps of [3000, 10_000]) {
  const { run } = await runtime.service.submit({ tenant: 'default' }, { agent: 'long', input: steps })
  const ended = await runtime.service.wait({ tenant: 'default' }, run.run, new AbortController().signal)
  if (ended.status !== 'completed') throw new Error(`run ended as ${ended.status}: ${ended.reason}`)
}
console.log(JSON.stringify({ places } satisfies Grown))
