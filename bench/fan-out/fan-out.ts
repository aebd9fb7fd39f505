import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { buildBench } from '../build.ts'
import { inFolder, median, printMachine, printTable } from '../child.ts'
import { writeReport } from '../page.ts'
import { type BenchPolis, startPolis } from '../polis.ts'
import { type StoreName, withStore } from '../store.ts'
import type { Followed, FollowRequest } from './one.ts'

const CLIENTS = 2000
const RUNS = 200
/** Each run ends a step so often (ms). */
const EVERY = 1000

/** An agent that waits for a start, and then ends a step each second that says when it ended. */
const TICKER = `import { setTimeout as pause } from 'node:timers/promises'
import { defineAgent } from 'agentpolis'
import { z } from 'zod'
export default defineAgent({
  name: 'ticker',
  async run(context, { first }) {
    await context.receive('go', z.any())
    await context.step('first', () => pause(first), { effect: 'read' })
    for (;;) {
      await context.step('tick', async () => {
        await pause(${EVERY})
        return { at: performance.timeOrigin + performance.now() }
      }, { effect: 'read' })
    }
  },
})
`

interface Measured extends Followed {
  readonly before: number
  readonly idle: number
  readonly peak: number
}

/** Two thousand clients follow runs over SSE from one \`polis serve\`: the memory of each, and how late entries reach them. */
export async function fanOut(options: {
  readonly quick: boolean
  readonly rounds: number
  readonly write: boolean
}): Promise<void> {
  printMachine()
  const built = buildBench()
  const found = new Map<StoreName, Measured[]>()
  for (let round = 0; round < options.rounds; round++) {
    for (const store of ['sqlite', 'redis'] as const) {
      const measured = await measureOn(store, built, options.quick ? 5 : 15)
      found.set(store, [...(found.get(store) ?? []), measured])
    }
  }
  const head = [
    'store',
    'clients',
    'kB a client',
    'entries/s',
    'p50 ms',
    'p99 ms',
    'gaps',
    'server MB, before',
    'all connected',
    'peak',
  ]
  const rows = [...found].map(([store, all]) => toRow(store, all))
  console.log()
  printTable(head, rows)
  if (!options.write) return
  writeReport('fan-out', 'Two thousand clients on one process', 'fan-out', [
    `${CLIENTS} clients follow ${RUNS} runs over server-sent events from one \`polis serve\` (HTTP, one process of ours: listeners in its main thread, agents in another); each run ends a step of 30 bytes every ${EVERY / 1000} s. Latency is from the end of the step's function, before its commit, to the entry at the client, on the same machine and its cores. Memory is the server's resident memory with all clients connected less that before, divided by them.`,
    { head, rows },
  ])
}

function measureOn(store: StoreName, built: string, seconds: number): Promise<Measured> {
  return withStore(store, (env) =>
    inFolder(async (folder) => {
      await using polis = await startPolis({
        ...{ folder, built, files: { 'agents/ticker.ts': TICKER } },
        env: { ...env, POLIS_AGENT_MAX_CONCURRENT_WORKFLOWS: '300' },
      })
      return await follow(polis, seconds)
    }),
  )
}

async function follow(polis: BenchPolis, seconds: number): Promise<Measured> {
  const { client } = polis
  const runs: string[] = []
  for (let at = 0; at < RUNS; at++) {
    // Spread over the second.
    const { run } = await client.runs.submit({ agent: 'ticker', input: { first: (at * EVERY) / RUNS } })
    runs.push(run)
  }
  await delay(2000)
  const before = polis.memory().now
  const request: FollowRequest = { url: polis.url, apiKey: polis.apiKey, runs, clients: CLIENTS, seconds }
  const clients = startClients(request)
  await clients.line()
  await delay(2000)
  const idle = polis.memory().now
  for (const run of runs) await client.runs.send(run, { name: 'go', data: 1 })
  await delay(3000)
  clients.child.stdin?.write('measure\n')
  const followed = JSON.parse(await clients.line()) as Followed // Printed by `one.ts`.
  return { ...followed, before, idle, peak: polis.memory().peak }
}

function startClients(request: FollowRequest): { readonly child: ChildProcess; line(): Promise<string> } {
  const script = fileURLToPath(new URL('one.ts', import.meta.url))
  const child = spawn(process.execPath, [script, JSON.stringify(request)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    child,
    async line() {
      const { value, done } = await lines.next()
      if (done) throw new Error('the clients ended before they were asked to')
      return value
    },
  }
}

function toRow(store: StoreName, all: readonly Measured[]): string[] {
  const of = (read: (measured: Measured) => number) => median(all.map(read))
  return [
    store,
    String(CLIENTS),
    of(({ idle, before }) => ((idle - before) * 1024) / CLIENTS).toFixed(1),
    of(({ entries, seconds }) => entries / seconds).toFixed(0),
    of(({ p50 }) => p50).toFixed(1),
    of(({ p99 }) => p99).toFixed(1),
    String(Math.max(...all.map(({ gaps }) => gaps))),
    ...[of(({ before }) => before), of(({ idle }) => idle), of(({ peak }) => peak)].map((value) => value.toFixed(0)),
  ]
}
