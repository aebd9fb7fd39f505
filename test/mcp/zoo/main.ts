/**
 * The zoo: `npm run zoo -- [NAME …]`.
 *
 * For each hostile server: how a call of it ends, and what a call of a healthy server beside it costs then, as a ratio to what it costs
 * alone, both measured in turns within one run. Exit code 1 when an error is not the expected one, a process is left behind, or the
 * healthy calls are slower by more than the limit.
 */
import { fixture, startServers, type TestServers, textOf } from '../support.ts'
import { ANIMALS, type Animal } from './animals.ts'
import { encage, leftovers } from './cage.ts'

const LIMIT = 1.2
const ROUNDS = 5
const CALLS = 150

const names = process.argv.slice(2)
const chosen = ANIMALS.filter(({ name }) => names.length === 0 || names.includes(name))
await using servers = startServers({ healthy: fixture('stdio-server.ts') })
await medianCall(servers)
console.log(`${'hostile server'.padEnd(22)}${'ends with'.padEnd(18)}${'healthy call beside it'.padStart(24)}`)
let bad = 0
for (const animal of chosen) {
  const { outcome, ratio } = await visit(animal)
  const fine = outcome === (animal.fails?.code ?? 'ok') && ratio <= LIMIT
  if (!fine) bad += 1
  console.log(
    `${animal.name.padEnd(22)}${outcome.padEnd(18)}${`${ratio.toFixed(2)} ×`.padStart(24)}${fine ? '' : '  ✗'}`,
  )
}
const left = leftovers()
if (left.length > 0) console.log(`left behind: ${left.join(', ')}`)
const verdict = bad === 0 && left.length === 0 ? 'harms nobody' : `${bad} harm others or end otherwise`
console.log(`zoo: ${chosen.length} hostile servers, ${verdict}; limit ${LIMIT} ×, median of ${ROUNDS} rounds`)
process.exitCode = bad === 0 && left.length === 0 ? 0 : 1

interface Visit {
  readonly outcome: string
  readonly ratio: number
}

async function visit(animal: Animal): Promise<Visit> {
  const ratios: number[] = []
  const outcomes = new Set<string>()
  let before = await medianCall(servers)
  for (let round = 0; round < ROUNDS; round++) {
    const beside = await besideOf(animal, outcomes)
    const after = await medianCall(servers)
    // Before and after, so that a machine that gets busier or less so in between is not taken for the animal's doing.
    ratios.push(beside / ((before + after) / 2))
    before = after
  }
  return { outcome: [...outcomes].join(' '), ratio: median(ratios) }
}

async function besideOf(animal: Animal, outcomes: Set<string>): Promise<number> {
  await using cage = await encage(animal)
  const poked = cage.poke()
  const beside = await medianCall(servers)
  outcomes.add((await poked)?.code ?? 'ok')
  return beside
}

/** Milliseconds of the median call of the healthy server. */
async function medianCall(healthy: TestServers): Promise<number> {
  const times: number[] = []
  for (let call = 0; call < CALLS; call++) {
    const begun = performance.now()
    await textOf(healthy, 'healthy', 'echo', { text: 'x' })
    times.push(performance.now() - begun)
    // Calls come from runs that also do something else: not back to back.
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  return median(times)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
