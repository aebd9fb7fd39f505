/**
 * `npm run bench -- NAME`: measures a claim, beside a floor in the same run, and prints ratios.
 *
 * Each measurement has a process and a store file of its own; rounds of ours and the floor alternate, medians are shown.
 */
import { growth } from './growth/growth.ts'
import { loop } from './loop/loop.ts'
import { threeStep } from './three-step/three-step.ts'
import { waiting } from './waiting/waiting.ts'

const BENCHES: Readonly<Record<string, (options: { readonly quick: boolean }) => Promise<void>>> = {
  'three-step': threeStep,
  waiting,
  growth,
  loop,
}

const [, , name, ...flags] = process.argv
const bench = BENCHES[name ?? '']
if (bench === undefined) {
  console.error(
    `usage: npm run bench -- NAME [--quick]\n  NAME is one of ${Object.keys(BENCHES).join(', ')}, got ${name ?? 'nothing'}`,
  )
  process.exitCode = 2
} else {
  await bench({ quick: flags.includes('--quick') })
}
