/**
 * Runs the tests of the store on Redis against every version of it: `npm run redis-versions -- [--only VERSION] [FILTER …]`.
 *
 * A filter is a part of a test file's path, by default all of `test/redis`. The versions come from Debian's archive and are unpacked
 * into node_modules/.cache. The last line is `redis-versions: N passed, N failed`; exit code 1 where anything failed.
 */
import { execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { unpack } from './unpack.ts'
import { VERSIONS, type Version } from './version.ts'

const CACHE = join(process.cwd(), 'node_modules/.cache/redis-versions')

const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true })
const filters = positionals.length === 0 ? ['test/redis/'] : positionals
const chosen = VERSIONS.filter(({ name }) => values.only === undefined || name === values.only)
if (chosen.length === 0) {
  console.error(`--only: expected one of ${VERSIONS.map(({ name }) => name).join(', ')}, got ${values.only}`)
  process.exit(2)
}

const totals = { passed: 0, failed: 0 }
const lines: string[] = []
for (const version of chosen) {
  const { passed, failed, line } = await testOn(version)
  totals.passed += passed
  totals.failed += failed
  lines.push(`${version.name}: ${line}`)
}
console.log(['', ...lines, `redis-versions: ${totals.passed} passed, ${totals.failed} failed`].join('\n'))
if (totals.failed > 0) process.exitCode = 1

async function testOn(version: Version): Promise<{ passed: number; failed: number; line: string }> {
  try {
    const programs = await unpack(version, CACHE)
    const { stdout } = await promisify(execFile)(join(programs, 'redis-server'), ['--version'])
    console.log(`\n== ${version.name}: ${stdout.trim()}`)
    const last = await runTests(programs)
    const [passed = 0, failed = 1] = (last.match(/\d+/g) ?? []).map(Number)
    return { passed, failed, line: last }
  } catch (reason) {
    return { passed: 0, failed: 1, line: String(reason) }
  }
}

/** Resolves with the last line, which counts. */
async function runTests(programs: string): Promise<string> {
  const env = { ...process.env, POLIS_TEST_REDIS: programs }
  const child = spawn(process.execPath, ['scripts/test.ts', ...filters], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  for await (const text of child.stdout.setEncoding('utf8')) {
    process.stdout.write(text)
    said += text
  }
  return said.trimEnd().split('\n').at(-1) ?? ''
}
