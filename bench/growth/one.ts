/** Runs of ten thousand steps; the time of a step around some of them. Prints a line of JSON. */
import { defineAgent } from '../../src/agent/define-agent.ts'
import { openStore } from '../open-store.ts'
import { openRuntime } from '../runtime.ts'
import type { StoreName } from '../store.ts'
import { serverMicros } from './server-micros.ts'

/** Time and processor time of one step (ms), and what the server takes for it (µs), as the mean of 900 steps from there on: with fewer, one collection of garbage is all that is seen. */
export interface Grown {
  readonly places: readonly GrownAt[]
}

interface GrownAt {
  readonly at: number
  readonly ms: number
  readonly cpu: number
  readonly server: number | undefined
}

const WINDOW = 900
// The first steps of a process warm it up: a run of its own does that.
const PLACES = [10, 1000, 5000, 9100] as const
const [, , name = 'sqlite', place = ''] = process.argv
const places: GrownAt[] = []

type Moment = ReturnType<typeof now>

function now() {
  return { server: serverMicros(name, place) ?? Number.NaN, time: performance.now(), cpu: process.cpuUsage() }
}

function since(from: Moment): Omit<GrownAt, 'at'> {
  const ms = (performance.now() - from.time) / WINDOW
  const { user, system } = process.cpuUsage(from.cpu)
  const server = (now().server - from.server) / WINDOW
  return { ms, cpu: (user + system) / 1000 / WINDOW, server: Number.isNaN(server) ? undefined : server }
}

const long = defineAgent({
  name: 'long',
  async run(context, input) {
    const steps = Number(input)
    let from = now()
    for (let step = 1; step <= steps; step++) {
      if (PLACES.some((at) => at === step)) from = now()
      await context.step('one', () => 'y'.repeat(98), { effect: 'idempotent' })
      const at = PLACES.find((place) => place + WINDOW === step)
      if (at !== undefined && steps === 10_000) {
        places.push({ at, ...since(from) })
      }
    }
    return steps
  },
})

await using runtime = await openRuntime({
  store: await openStore(name as StoreName, place),
  agents: [long],
  maxConcurrent: 4,
})
// Several, since what a server does each second falls on another place of each.
for (const steps of [9000, ...Array<number>(5).fill(10_000)]) {
  const { run } = await runtime.service.submit({ tenant: 'default' }, { agent: 'long', input: steps })
  const ended = await runtime.service.wait({ tenant: 'default' }, run.run, new AbortController().signal)
  if (ended.status !== 'completed') throw new Error(`run ended as ${ended.status}: ${ended.reason}`)
}
console.log(JSON.stringify({ places } satisfies Grown))
