/** Runs of three steps over a store that holds ever more of them, at the ports: what each costs. Prints a line of JSON. */

import { systemClock } from '../../src/core/clock.ts'
import type { Entry, EntryKind } from '../../src/core/entry.ts'
import { createIds } from '../../src/core/id.ts'
import { systemRandom } from '../../src/core/random.ts'
import { median } from '../child.ts'
import { openStore } from '../open-store.ts'
import type { StoreName } from '../store.ts'
import { serverMicros } from './server-micros.ts'

/** What a commit costs (µs) while so many runs are stored: of this process, and of the server where there is one; a page of runs (ms). */
export interface Stored {
  readonly places: readonly {
    readonly runs: number
    readonly cpu: number
    readonly server: number | undefined
    readonly page: number
  }[]
}

const [, , name = 'sqlite', place = '', most = '100000'] = process.argv
const AT_ONCE = 64
/** Runs of one window. */
const MEASURED = 500
const WINDOWS = 5
const WARM_UP = 3000
/** Of a run: its submit, three steps and its end. */
const COMMITS = 5
const places: Stored['places'][number][] = []
const clock = systemClock()
const ids = createIds(clock, systemRandom())
const ENCODER = new TextEncoder()

await using store = await openStore(name as StoreName, place)
await store.coordination.register({
  ...{ worker: 'w1', host: 'bench', pid: process.pid, startedAt: clock.now(), draining: false, releases: {} },
})
// What warms the process up is removed again.
await runSome(WARM_UP)
const before = clock.now() + 1
while ((await store.index.expire({ endedBefore: before, now: before, limit: 200 })) > 0);
for (let stored = 0, runs = 1000; runs <= Number(most); runs *= 10) {
  await runSome(runs - stored)
  places.push({ runs, ...(await measure()) })
  stored = runs + MEASURED * WINDOWS
}
console.log(JSON.stringify({ places } satisfies Stored))

// The middle of several windows: whatever else the machine does falls into some of them.
async function measure() {
  const windows: Awaited<ReturnType<typeof measureOnce>>[] = []
  for (let window = 0; window < WINDOWS; window++) windows.push(await measureOnce())
  const of = (key: 'cpu' | 'server' | 'page') => median(windows.map((each) => each[key]))
  const server = of('server')
  return { cpu: of('cpu'), server: Number.isNaN(server) ? undefined : server, page: of('page') }
}

async function measureOnce() {
  const from = { cpu: process.cpuUsage(), server: serverMicros(name, place) ?? Number.NaN }
  await runSome(MEASURED)
  const { user, system } = process.cpuUsage(from.cpu)
  const commits = MEASURED * COMMITS
  const server = ((serverMicros(name, place) ?? Number.NaN) - from.server) / commits
  return { cpu: (user + system) / commits, server, page: await timeOfPage() }
}

async function timeOfPage(): Promise<number> {
  const start = performance.now()
  for (let round = 0; round < 20; round++) {
    await store.index.list('default', { status: ['completed'] }, { limit: 50 })
    await store.index.list('default', {}, { limit: 50 })
  }
  return (performance.now() - start) / 40
}

async function runSome(count: number): Promise<void> {
  let left = count
  const lane = async () => {
    while (left-- > 0) await runOne()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
}

async function runOne(): Promise<void> {
  const [run, now] = [ids.run(), clock.now()]
  const own = { tenant: 'default', run }
  await store.journal.submit({
    record: {
      ...{ ...own, agent: `agent-${now % 7}`, release: 'bench', status: 'queued', priority: 0, tags: {}, epoch: 0 },
      ...{ sequence: 1, bytes: 0, crashes: 0, createdAt: now, updatedAt: now },
    },
    entries: [entryOf(run, 1, 'run-submitted')],
    claim: { worker: 'w1' },
  })
  for (const sequence of [2, 3, 4]) {
    await store.journal.append({ ...own, epoch: 1, entries: [entryOf(run, sequence, 'step-completed')] })
  }
  const entries = [entryOf(run, COMMITS, 'run-completed')]
  await store.journal.append({ ...own, epoch: 1, entries, next: { status: 'completed' } })
}

function entryOf(run: string, sequence: number, kind: EntryKind): Entry {
  const payload = ENCODER.encode(JSON.stringify({ id: `step-${sequence}`, output: 'y'.repeat(98) }))
  const epoch = sequence === 1 ? 0 : 1
  return { version: 1, tenant: 'default', run, sequence, epoch, kind, time: clock.now(), release: 'bench', payload }
}
