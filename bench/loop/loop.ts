import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { inFolder, measureInChild, median, printMachine, printTable } from '../child.ts'
import type { Measured } from '../measure.ts'
import { installPeer } from '../peer/install.ts'

/** Model calls of a run: two that ask for the tool, one that answers. */
const CALLS = 3

const WHO = ['ai-sdk', 'agentpolis', 'mastra', 'langgraph'] as const
type Who = (typeof WHO)[number]

const SIZES = [
  { concurrency: 1, runs: 200, warmup: 60 },
  { concurrency: 64, runs: 900, warmup: 200 },
] as const

/**
 * What a runtime adds to each call of a model: an agent with one tool, before a provider that answers at once, beside the bare AI SDK,
 * whose loop records nothing, and beside agents of Mastra and LangGraph with the stores that they come with.
 */
export async function loop({ quick }: { readonly quick: boolean }): Promise<void> {
  installPeer('loop')
  printMachine()
  const rows: string[][] = []
  for (const mode of ['whole', 'stream'] as const) {
    for (const size of SIZES) {
      const found = await measureAll(mode, quick ? { ...size, runs: size.runs / 3 } : size, quick ? 1 : 3)
      for (const who of WHO) rows.push(toRow(who, mode, size.concurrency, found))
      console.log(summary(mode, size.concurrency, found))
    }
  }
  console.log(
    `\nOf one model call (a run has ${CALLS}); "adds" is the difference to the bare AI SDK in the same run:\n`,
  )
  printTable(
    ['', 'answer', 'c', 'p50 ms', 'p99 ms', 'adds p50', 'adds p99', 'calls/s', 'adds ms a call', 'peak MB'],
    rows,
  )
  console.log(
    '\n"adds p50" compares latencies, which with 64 runs at once on few cores are mostly waiting for each other; "adds ms a call" is what' +
      '\neach call adds to the time in which all are done.',
  )
}

type Found = Readonly<Record<Who, readonly Measured[]>>

async function measureAll(mode: string, size: (typeof SIZES)[number] | object, rounds: number): Promise<Found> {
  const found = { 'ai-sdk': [], agentpolis: [], mastra: [], langgraph: [] } as Record<Who, Measured[]>
  const { concurrency, runs, warmup } = size as (typeof SIZES)[number]
  for (let round = 0; round < rounds; round++) {
    for (const who of WHO) {
      const measured = await withProvider((url) =>
        inFolder((folder) => {
          return measureInChild<Measured>('./loop/one.ts', [folder, who, url, mode, concurrency, runs, warmup])
        }),
      )
      found[who].push(measured)
    }
  }
  return found
}

async function withProvider<T>(use: (url: string) => Promise<T>): Promise<T> {
  const script = fileURLToPath(new URL('provider.ts', import.meta.url))
  const provider = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    const [line] = await once(provider.stdout, 'data')
    const { url } = JSON.parse(String(line)) as { url: string } // What it prints first.
    return await use(url)
  } finally {
    provider.stdin.end()
    await once(provider, 'close')
  }
}

const LATENCY = { p50: ({ p50 }: Measured) => p50 / CALLS, p99: ({ p99 }: Measured) => p99 / CALLS } as const

function of(found: Found, who: Who, read: (measured: Measured) => number): number {
  return median(found[who].map(read))
}

function adds(found: Found, who: Who, read: (measured: Measured) => number): number {
  return of(found, who, read) - of(found, 'ai-sdk', read)
}

function perCall({ seconds, runs }: Measured): number {
  return (seconds * 1000) / (runs * CALLS)
}

function toRow(who: Who, mode: string, concurrency: number, found: Found): string[] {
  const latencies = [of(found, who, LATENCY.p50), of(found, who, LATENCY.p99)]
  const added = who === 'ai-sdk' ? [] : [adds(found, who, LATENCY.p50), adds(found, who, LATENCY.p99)]
  return [
    who === 'ai-sdk' ? 'bare AI SDK' : who,
    mode,
    String(concurrency),
    ...latencies.map((value) => value.toFixed(2)),
    ...(added.length === 0 ? ['', ''] : added.map((value) => value.toFixed(2))),
    (1000 / of(found, who, perCall)).toFixed(0),
    who === 'ai-sdk' ? '' : adds(found, who, perCall).toFixed(3),
    of(found, who, ({ rss }) => rss).toFixed(0),
  ]
}

function summary(mode: string, concurrency: number, found: Found): string {
  const shown = (['agentpolis', 'mastra', 'langgraph'] as const).map((who) => {
    return `${who} ${adds(found, who, concurrency === 1 ? LATENCY.p50 : perCall).toFixed(2)}`
  })
  return `${mode}, concurrency ${concurrency}: added ms a call: ${shown.join(', ')}`
}
