/**
 * Runs the tests: `node scripts/test.ts [--unit | --cluster] [FILTER …]`, a filter being a part of a test file's path.
 *
 * Unit tests (`src`) share one process, since a process a file costs more than the tests; all others have one each, two
 * at a time. Those of `--cluster`, one at a time, need a Kubernetes, which is built from its Go modules the first time, or is the user's own: the one
 * that KUBECONFIG leads to. The last line is `N passed, N failed`, with `, N skipped` where some were; no test at all is a failure.
 */
import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepareCluster, prepareControlPlane } from './test-cluster.ts'
import type { Outcome } from './test-event.ts'
import { prepareSystem } from './test-system.ts'

interface Group {
  readonly name: string
  readonly patterns: readonly string[]
  /** Of those, which are left out. */
  readonly except: readonly string[]
  readonly options: readonly string[]
  /** A test that leaves a handle open would keep its process, and so the run, for ever. */
  readonly limitMinutes: number
  /** Has what its tests start, where it can be had. */
  readonly prepare: (say: (line: string) => void) => void | Promise<void>
  /** Environment variables of its tests. */
  readonly env: Readonly<Record<string, string>>
}

const unit: Group = {
  name: 'unit',
  patterns: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
  options: ['--test-isolation=none', '--test-timeout=60000'],
  limitMinutes: 4,
  except: [],
  prepare: () => {},
  env: {},
}

const integration: Group = {
  name: 'integration',
  patterns: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
  options: ['--test-concurrency=2', '--test-timeout=300000'],
  limitMinutes: 30,
  // A part of it that takes seconds is not below `suite`.
  except: ['test/cluster/suite/**'],
  prepare: async (say) => {
    prepareSystem(say)
    // A machine of one's own is not kept busy for ten minutes unasked.
    if (process.env.CI === 'true') await prepareControlPlane(say)
  },
  env: {},
}

const cluster: Group = {
  name: 'cluster',
  patterns: ['test/cluster/**/*.test.ts'],
  options: ['--test-concurrency=1', '--test-timeout=1200000'],
  limitMinutes: 60,
  except: [],
  prepare: prepareCluster,
  env: process.env.KUBECONFIG ? { POLIS_TEST_KUBECONFIG: process.env.KUBECONFIG } : {},
}

const args = process.argv.slice(2)
const filters = args.filter((argument) => !argument.startsWith('--'))
const outcomes: Outcome[] = []
const groups = args.includes('--unit') ? [unit] : args.includes('--cluster') ? [cluster] : [unit, integration]
for (const group of groups) outcomes.push(...(await runGroup(group)))
conclude(outcomes)

async function runGroup(group: Group): Promise<Outcome[]> {
  const exclude = ['**/node_modules/**', ...group.except]
  const files = group.patterns.flatMap((pattern) => globSync(pattern, { exclude })).sort()
  const chosen = files.filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
  if (chosen.length === 0) return []
  await group.prepare(console.log)
  console.log(`\n${group.name} tests: ${chosen.length} files`)
  const folder = mkdtempSync(join(tmpdir(), 'polis-test-'))
  const tallyPath = join(folder, 'tally.jsonl')
  try {
    const failure = await runNode(group, tallyPath, chosen)
    const tallied = readTally(tallyPath)
    // A process that ended badly since a test failed is told of by that test; one that was cut off has tests of which nothing is known.
    const isKnown = failure === undefined || (!failure.isCut && tallied.some(({ kind }) => kind === 'failed'))
    return isKnown ? tallied : [...tallied, { kind: 'failed', name: `${group.name} tests`, reason: failure.reason }]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Resolves with the reason when the process did not end well. */
function runNode(
  { options, limitMinutes, env }: Group,
  tallyPath: string,
  files: string[],
): Promise<{ readonly reason: string; readonly isCut: boolean } | undefined> {
  const reporters = [
    ...['--test-reporter=./scripts/test-reporter.ts', '--test-reporter-destination=stdout'],
    ...['--test-reporter=./scripts/test-tally.ts', `--test-reporter-destination=${tallyPath}`],
  ]
  const child = spawn(process.execPath, ['--test', ...options, ...reporters, ...files], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  })
  return new Promise((resolve) => {
    let isCut = false
    const timer = setTimeout(() => {
      isCut = true
      child.kill('SIGKILL')
    }, limitMinutes * 60_000)
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      const cut = `not finished after ${limitMinutes} minutes: a test hangs or leaves a handle open`
      const reason = isCut ? cut : `the test process ended with ${signal ?? `exit code ${code}`}`
      resolve(!isCut && code === 0 ? undefined : { reason, isCut })
    })
  })
}

function readTally(path: string): Outcome[] {
  try {
    const lines = readFileSync(path, 'utf8').split('\n')
    // Written by scripts/test-tally.ts, one outcome a line.
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Outcome)
  } catch (reason) {
    return [{ kind: 'failed', name: 'test tally', reason: String(reason) }]
  }
}

function conclude(all: readonly Outcome[]): void {
  const count = (kind: Outcome['kind']) => all.filter((outcome) => outcome.kind === kind).length
  console.log('')
  for (const outcome of all) {
    if (outcome.kind === 'skipped') console.log(`SKIPPED  ${outcome.name}: ${outcome.reason}`)
    if (outcome.kind === 'failed') console.log(`FAILED   ${outcome.name}: ${outcome.reason}`)
  }
  for (const line of skippedTogether(all)) console.log(line)
  const skipped = count('skipped') === 0 ? '' : `, ${count('skipped')} skipped`
  if (count('passed') + count('failed') === 0) console.log('No test ran.')
  if (count('passed') === 0 || count('failed') > 0) process.exitCode = 1
  console.log(`${count('passed')} passed, ${count('failed')} failed${skipped}`)
}

// Many tests for one reason are easily missed among those that are skipped for theirs.
function skippedTogether(all: readonly Outcome[]): string[] {
  const reasons = Map.groupBy(
    all.filter((outcome) => outcome.kind === 'skipped'),
    ({ reason }) => reason,
  )
  const many = [...reasons].filter(([, { length }]) => length > 1)
  return many.map(([reason, { length }]) => `!!! ${length} TESTS SKIPPED: ${reason}`)
}
