/** Runs that wait for an answer after ever more steps: the time from the answer to the next step. Prints a line of JSON. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Program } from '../../src/engine/program.ts'
import type { Scope } from '../../src/engine/scope.ts'
import { openStore } from '../open-store.ts'
import { openRuntime } from '../runtime.ts'

/** The median time and processor time of a resume (ms), after so many steps, with snapshots and without. */
export interface Resumed {
  readonly places: readonly {
    readonly at: number
    readonly snapshots: boolean
    readonly ms: number
    readonly cpu: number
  }[]
}

const PLACES = [100, 1000, 5000, 10_000] as const
const EVERY = 50
const RESUMES = 11
/** What a conversation may weigh. */
const STATE = 'x'.repeat(20_000)
const caller = { tenant: 'default' }
const [, , folder = ''] = process.argv

let resumedAt = { time: 0, cpu: process.cpuUsage() }

async function wait(scope: Scope, { steps, snapshots }: { steps: number; snapshots: boolean }): Promise<unknown> {
  const from = (scope.resumed ?? { step: 0 }) as { readonly step: number }
  for (let step = from.step + 1; step <= steps + RESUMES; step++) {
    if (step > steps) await scope.ask('next', { question: 'go on', schema: {} })
    await scope.step(
      'one',
      () => {
        if (step > steps) resumedAt = { time: performance.now(), cpu: process.cpuUsage() }
        return 'y'.repeat(98)
      },
      TERMS,
    )
    if (snapshots && step % EVERY === 0) await scope.snapshot({ step, state: STATE })
  }
  return steps
}

const TERMS = {
  ...({ effect: 'idempotent', uncertain: 'ask', attempts: 1, delay: 1, maxDelay: 1, factor: 1 } as const),
  ...{ jitter: false, timeout: 10_000, hash: undefined },
}

// The engine's own words: what is measured is its part of a resume.
const program: Program = {
  name: 'waits',
  release: 'bench',
  limits: {},
  run: (scope, input) => wait(scope, input as never),
}

await using runtime = await openRuntime({
  ...{
    store: await openStore('sqlite', folder),
    agents: [],
    programs: [program],
    maxConcurrent: 4,
  },
})

async function measure(steps: number, snapshots: boolean) {
  const { run } = await runtime.service.submit(caller, { agent: 'waits', input: { steps, snapshots } })
  const found: { ms: number; cpu: number }[] = []
  for (let resume = 1; resume <= RESUMES; resume++) {
    await suspended(run.run)
    const from = { time: performance.now(), cpu: process.cpuUsage() }
    await runtime.service.answer(caller, run.run, resume === 1 ? 'next' : `next#${resume}`, null)
    while (resumedAt.time < from.time) await delay(1)
    const cpu = resumedAt.cpu.user + resumedAt.cpu.system - from.cpu.user - from.cpu.system
    found.push({ ms: resumedAt.time - from.time, cpu: cpu / 1000 })
  }
  const middle = (key: 'ms' | 'cpu') => found.map((each) => each[key]).sort((a, b) => a - b)[RESUMES >> 1] ?? Number.NaN
  return { at: steps, snapshots, ms: middle('ms'), cpu: middle('cpu') }
}

async function suspended(run: string): Promise<void> {
  while ((await runtime.service.run(caller, run)).status !== 'suspended') await delay(2)
}

await measure(1000, true)
const places = []
for (const at of PLACES) for (const snapshots of [true, false]) places.push(await measure(at, snapshots))
console.log(JSON.stringify({ places } satisfies Resumed))
