/**
 * The simulation: `npm run simulate -- [--seed N] [--schedules N] [--jobs N] [--json]`.
 *
 * Schedule n of a seed is the same on every machine: `--seed S --schedules 1` repeats the one that a failure names. Exit code 0 when
 * nothing was found, 1 when something was, 2 for wrong arguments.
 */
import { parseArgs } from 'node:util'
import { type Summary, simulateMany } from './many.ts'
import { simulate } from './simulate.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    schedules: { type: 'string', default: '10000' },
    jobs: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
})
const seed = whole('seed', values.seed ?? String(Date.now() % 1_000_000_000))
const schedules = whole('schedules', values.schedules)
const jobs = Math.max(1, whole('jobs', values.jobs))

if (jobs === 1 && values.json) await inThisProcess()
else report(await simulateMany({ seed, schedules, jobs }))

// What the processes of `simulateMany` do.
async function inThisProcess(): Promise<void> {
  for (let number = 0; number < schedules; number++) console.log(JSON.stringify(await simulate(seed + number)))
}

function report(summary: Summary): void {
  const { failed, runs, injected, fenced, milliseconds } = summary
  for (const { seed: of, faults } of failed.slice(0, 20)) {
    console.log(`✗ schedule ${of}: npm run simulate -- --seed ${of} --schedules 1`)
    for (const fault of faults.slice(0, 5)) console.log(`    ${fault}`)
  }
  const seconds = (milliseconds / 1000).toFixed(0)
  console.log(`seed ${seed}: ${runs} runs, ${injected} faults, ${fenced} fenced, ${seconds} s`)
  console.log(`${schedules - failed.length} schedules passed, ${failed.length} failed`)
  if (failed.length > 0) process.exitCode = 1
}

function whole(name: string, text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 0) return number
  console.error(`--${name}: expected a whole number from 0, got ${text}`)
  process.exit(2)
}
