/**
 * Runs every check that is not a test, all of them even when one fails: `node scripts/check.ts [NAME …]`.
 *
 * Prints a line a check and the output of those that failed; the last line is `checks: N passed, N failed`.
 */
import { spawnSync } from 'node:child_process'

interface Check {
  readonly name: string
  readonly command: readonly [string, ...string[]]
}

const checks: readonly Check[] = [
  { name: 'lock', command: ['node', 'scripts/lock.ts', '--check'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'style', command: ['biome', 'check', '--colors=off', '.'] },
  { name: 'architecture', command: ['node', 'scripts/test.ts', 'test/architecture', 'test/docs'] },
  { name: 'unused', command: ['knip', '--no-progress'] },
  { name: 'build', command: ['node', 'scripts/build.ts'] },
  { name: 'package', command: ['publint', '--strict', '--pack', 'false'] },
  { name: 'reference', command: ['node', 'scripts/reference.ts', '--check'] },
  { name: 'reference-cli', command: ['node', 'scripts/reference-cli.ts', '--check'] },
  { name: 'reference-lint', command: ['node', 'scripts/reference-lint.ts', '--check'] },
  { name: 'reference-rest', command: ['node', 'scripts/reference-rest.ts', '--check'] },
]

const names = process.argv.slice(2)
const chosen = checks.filter(({ name }) => names.length === 0 || names.includes(name))
const failed = chosen.filter((check) => !passes(check))
console.log(`checks: ${chosen.length - failed.length} passed, ${failed.length} failed`)
if (failed.length > 0 || chosen.length === 0) process.exitCode = 1

function passes({ name, command: [file, ...args] }: Check): boolean {
  const started = performance.now()
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    timeout: 5 * 60_000,
  })
  console.log(`${status === 0 ? '✓' : '✗'} ${name} ${((performance.now() - started) / 1000).toFixed(1)} s`)
  if (status !== 0) console.log(`${stdout ?? ''}${stderr ?? ''}${error === undefined ? '' : String(error)}`)
  return status === 0
}
