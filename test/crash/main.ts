/**
 * The crash suite: `npm run crash -- [--seed N] [--points N] [--only POINT|BOUNDARY] [--jobs N] [--json] [--power-loss]`.
 *
 * Described in docs/guide/crash-suite.md. Exit code 0 when nothing was found, 1 when something was, 2 for wrong arguments.
 */
import { parseArgs } from 'node:util'
import { BOUNDARY_NAMES } from './boundary.ts'
import type { Selection } from './matrix.ts'
import { closingLines, pointLine, powerLossLines, progressLine } from './report.ts'
import { failedAt, runSuite } from './suite.ts'
import { sqliteVenue } from './venue.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    points: { type: 'string' },
    only: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
    'power-loss': { type: 'boolean', default: false },
  },
})
const seed = values.seed === undefined ? Date.now() % 1_000_000 : whole('seed', values.seed, 0)
const say = (line: string) => console.log(line)

if (values['power-loss']) await powerLoss()
else await kills()

async function kills(): Promise<void> {
  const { only, json } = values
  const points = whole('points', values.points ?? '312', 1)
  if (only !== undefined && !/^\d+$/.test(only) && !BOUNDARY_NAMES.some((name) => name === only)) {
    fail(`--only: expected a point's number or one of ${BOUNDARY_NAMES.join(', ')}, got ${only}`)
  }
  const selection: Selection = { seed, points, ...(only === undefined ? {} : { only }) }
  if (!json) say(`Crash suite, seed ${seed}, ${points} points, Node ${process.versions.node}`)
  const summary = await runSuite(
    { ...selection, venue: sqliteVenue(), jobs: whole('jobs', values.jobs, 1) },
    (verdict, done, of) => {
      if (json) say(JSON.stringify({ kind: 'point', seed, ...verdict }))
      else if (failedAt(verdict) || only !== undefined) say(pointLine(verdict, selection))
      if (!json) progressLine(verdict, done, of)
    },
  )
  if (json) say(JSON.stringify({ kind: 'summary', seed, ...summary }))
  else for (const line of closingLines(summary)) say(line)
  if (summary.failed) process.exitCode = 1
}

async function powerLoss(): Promise<void> {
  const { runPowerLoss } = await import('./power-loss/run.ts')
  const points = whole('points', values.points ?? '300', 1)
  const summary = await runPowerLoss({ seed, points }, (line) => (values.json ? undefined : say(line)))
  if (values.json) say(JSON.stringify({ mode: 'power-loss', seed, ...summary }))
  else for (const line of powerLossLines(summary)) say(line)
  if (summary.kind === 'done' && summary.faults.length > 0) process.exitCode = 1
}

function whole(name: string, text: string, least: number): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= least) return number
  return fail(`--${name}: expected a whole number from ${least}, got ${text}`)
}

function fail(message: string): never {
  console.error(message)
  process.exit(2)
}
