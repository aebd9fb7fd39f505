/**
 * The crash suite: `npm run crash -- [--seed N] [--points N] [--only POINT|BOUNDARY] [--jobs N] [--json] [--power-loss]`, and
 * `npm run crash -- --store redis`, with `[--fault FAULT] [--cases N] [--tenants N]`.
 *
 * Described in docs/guide/crash-suite.md. Exit code 0 when nothing was found, 1 when something was, 2 for wrong arguments.
 */
import { parseArgs } from 'node:util'
import { prepareSystem } from '../../scripts/test-system.ts'
import { skipWithout } from '../redis/server/binary.ts'
import { BOUNDARY_NAMES } from './boundary.ts'
import { FAULT_NAMES } from './fault/fault.ts'
import type { RedisSelection } from './fault/on-redis.ts'
import { caseLine } from './fault/report.ts'
import type { Selection } from './matrix.ts'
import { closingLines, pointLine, powerLossLines, progressLine } from './report.ts'
import { failedAt, runSuite } from './suite.ts'
import { sqliteVenue } from './venue.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    points: { type: 'string' },
    only: { type: 'string' },
    jobs: { type: 'string' },
    json: { type: 'boolean', default: false },
    store: { type: 'string', default: 'sqlite' },
    fault: { type: 'string' },
    cases: { type: 'string' },
    tenants: { type: 'string' },
    'power-loss': { type: 'boolean', default: false },
  },
})
const seed = values.seed === undefined ? Date.now() % 1_000_000 : whole('seed', values.seed, 0)
const say = (line: string) => console.log(line)

if (values['power-loss']) await powerLoss()
else if (values.store === 'redis') await onRedis()
else if (values.store === 'sqlite') await kills()
else fail(`--store: expected sqlite or redis, got ${values.store}`)

async function kills(): Promise<void> {
  const { only, json } = values
  const points = whole('points', values.points ?? '312', 1)
  if (only !== undefined && !/^\d+$/.test(only) && !BOUNDARY_NAMES.some((name) => name === only)) {
    fail(`--only: expected a point's number or one of ${BOUNDARY_NAMES.join(', ')}, got ${only}`)
  }
  const selection: Selection = { seed, points, ...(only === undefined ? {} : { only }) }
  if (!json) say(`Crash suite, seed ${seed}, ${points} points, Node ${process.versions.node}`)
  const summary = await runSuite(
    { ...selection, venue: sqliteVenue(), jobs: whole('jobs', values.jobs ?? '2', 1) },
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

async function onRedis(): Promise<void> {
  const { runOnRedis, redisLines } = await import('./fault/on-redis.ts')
  prepareSystem(console.error)
  const without = skipWithout('redis-server', 'redis-sentinel', 'redis-cli')
  if (without !== false) fail(without)
  const { selection, sized } = redisSelection()
  if (!values.json) say(`Crash suite on Redis, seed ${seed}, Node ${process.versions.node}`)
  const summary = await runOnRedis(selection, {
    point(verdict, done, of) {
      if (values.json) say(JSON.stringify({ kind: 'point', seed, ...verdict }))
      else if (failedAt(verdict) || values.only !== undefined)
        say(pointLine(verdict, { seed, ...sized }, '--store redis '))
      if (!values.json) progressLine(verdict, done, of)
    },
    case: (verdict) =>
      say(values.json ? JSON.stringify({ kind: 'case', seed, ...verdict }) : caseLine(verdict, selection)),
  })
  if (values.json) say(JSON.stringify({ kind: 'summary', seed, ...summary.total, skipped: summary.skipped }))
  else
    for (const line of [...(summary.matrix === undefined ? [] : closingLines(summary.matrix)), ...redisLines(summary)])
      say(line)
  if (summary.failed) process.exitCode = 1
}

function redisSelection() {
  const { fault, only } = values
  const faults = FAULT_NAMES.filter((name) => fault === undefined || name === fault)
  if (faults.length === 0) fail(`--fault: expected one of ${FAULT_NAMES.join(', ')}, got ${fault}`)
  const isPoint = fault === undefined && only !== undefined
  const sized = { points: whole('points', values.points ?? '104', 1), ...(isPoint ? { only } : {}) }
  const size = { tenants: whole('tenants', values.tenants ?? '10', 1), strikes: 3 }
  const selection: RedisSelection = {
    ...{ seed, faults: isPoint ? [] : faults, cases: whole('cases', values.cases ?? '10', 1), size },
    ...(fault !== undefined && only !== undefined ? { only: whole('only', only, 0) } : {}),
    matrix: fault === undefined ? { ...sized, jobs: whole('jobs', values.jobs ?? '1', 1) } : undefined,
  }
  return { selection, sized }
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
