import { inFolder, measureInChild, median, printMachine, printTable } from '../child.ts'
import type { Measured } from '../measure.ts'

const SIZES = [
  { concurrency: 1, runs: 2000, warmup: 300 },
  { concurrency: 64, runs: 8000, warmup: 2000 },
  { concurrency: 256, runs: 12_000, warmup: 3000 },
] as const

const CASES = [
  { durability: 'process', effect: 'idempotent' },
  { durability: 'disk', effect: 'idempotent' },
  { durability: 'process', effect: 'once' },
] as const

const WORDS = { process: 'NORMAL', disk: 'FULL' } as const

/** Three sequential durable steps of 100 bytes, beside a bare script that writes the same rows in the same transactions. */
export async function threeStep({ quick }: { readonly quick: boolean }): Promise<void> {
  printMachine()
  const rows: string[][] = []
  for (const { durability, effect } of quick ? CASES.slice(0, 1) : CASES) {
    for (const size of SIZES) {
      const pair = await measurePair(durability, effect, size, quick ? 1 : 3)
      for (const [label, { all }] of Object.entries(pair)) rows.push(toRow(label, WORDS[durability], effect, all))
      const share = median(pair.agentpolis.all.map(rate)) / median(pair.bare.all.map(rate))
      console.log(
        `${WORDS[durability]} ${effect} concurrency ${size.concurrency}: ${(share * 100).toFixed(0)} % of the bare script's throughput`,
      )
    }
  }
  console.log()
  printTable(['', 'synchronous', 'effect', 'c', 'runs/s', 'steps/s', 'p50 ms', 'p99 ms', 'cpu ms/run', 'peak MB'], rows)
}

async function measurePair(durability: string, effect: string, size: (typeof SIZES)[number], rounds: number) {
  const pair = { agentpolis: { all: [] as Measured[] }, bare: { all: [] as Measured[] } }
  for (let round = 0; round < rounds; round++) {
    for (const [label, what] of [
      ['agentpolis', 'ours'],
      ['bare', 'bare'],
    ] as const) {
      const args = (folder: string) => [folder, what, durability, effect, size.concurrency, size.runs, size.warmup]
      pair[label].all.push(await inFolder((folder) => measureInChild<Measured>('./three-step/one.ts', args(folder))))
    }
  }
  return pair
}

function rate({ runs, seconds }: Measured): number {
  return runs / seconds
}

function toRow(label: string, synchronous: string, effect: string, all: readonly Measured[]): string[] {
  const runs = median(all.map(rate))
  const of = (key: 'p50' | 'p99' | 'cpu' | 'rss', digits: number) =>
    median(all.map((measured) => measured[key])).toFixed(digits)
  const concurrency = String(all[0]?.concurrency ?? '')
  return [
    label,
    synchronous,
    effect,
    concurrency,
    runs.toFixed(0),
    (runs * 3).toFixed(0),
    of('p50', 2),
    of('p99', 1),
    of('cpu', 3),
    of('rss', 0),
  ]
}
