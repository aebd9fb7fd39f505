/**
 * `npm run bench -- NAME`: measures a claim, beside a floor in the same run, and prints ratios.
 *
 * Each measurement has a process and a store file of its own; rounds of ours and the floor alternate, medians are shown.
 */
import { parseArgs } from 'node:util'
import { fanOut } from './fan-out/fan-out.ts'
import { growth } from './growth/growth.ts'
import { loop } from './loop/loop.ts'
import { manifests } from './manifests/manifests.ts'
import { peers } from './three-step/peers.ts'
import { threeStep } from './three-step/three-step.ts'
import { waiting } from './waiting/waiting.ts'

interface BenchOptions {
  readonly quick: boolean
  readonly rounds: number
  readonly write: boolean
  readonly peers: boolean
  readonly only: readonly string[]
}

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  'three-step': (options) => (options.peers ? peers(options) : threeStep(options)),
  waiting,
  'fan-out': fanOut,
  growth,
  loop,
  manifests,
}

const USAGE = `usage: npm run bench -- NAME [--quick] [--rounds N] [--write]
       npm run bench -- three-step --peers [--only ours,bullmq]
  NAME is one of ${Object.keys(BENCHES).join(', ')}
  --quick     a quarter of the work, one round: for a look, not for figures
  --rounds    how often everything is measured (3); medians are shown
  --write     writes the page in docs/benchmarks
  --peers     beside other engines, which are installed from lock files of their own
  --only      those whose name begins so`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string', default: '' },
  },
})
// Servers that were started end with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const [name] = positionals
const bench = BENCHES[name ?? '']
if (bench === undefined) {
  console.error(`${USAGE}\n  got ${name ?? 'nothing'}`)
  process.exitCode = 2
} else {
  await bench({
    ...{ quick: values.quick, peers: values.peers, write: values.write },
    rounds: Number(values.rounds ?? (values.quick ? 1 : 3)),
    only: values.only.split(',').filter((word) => word !== ''),
  })
}
