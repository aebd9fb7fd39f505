import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { MAIN, talk } from './spawn.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const ENV = { POLIS_PROMETHEUS_PORT: '0', NO_COLOR: '1', NODE_OPTIONS: '--conditions=polis-source' }

/** A project as `polis init` writes it, with its packages in place. */
async function initProject(context: TestContext): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'polis-init-'))
  context.after(() => rmSync(dir, { recursive: true, maxRetries: 3 }))
  const { code, stderr } = await talk(process.execPath, [MAIN, 'init', dir], ENV).ended
  assert.equal(code, 0, stderr)
  mkdirSync(join(dir, 'node_modules/@types'), { recursive: true })
  symlinkSync(root, join(dir, 'node_modules/agentpolis'))
  for (const name of ['zod', '@types/node', 'typescript', 'undici-types'])
    symlinkSync(join(root, 'node_modules', name), join(dir, 'node_modules', name))
  return dir
}

test('a new project answers from its script, streams, and says that it is scripted', async (context) => {
  const dir = await initProject(context)
  const args = ['--dir', dir, 'run', 'assistant', '--input', 'What is the weather in Lisbon?', '--follow', '--json']
  const { code, stdout, stderr } = await talk(process.execPath, [MAIN, ...args], ENV).ended
  assert.equal(code, 0, stderr)
  const lines = stdout.trim().split('\n')
  const events = lines.map((line) => JSON.parse(line) as { kind: string; data: Record<string, unknown> })
  const deltas = events.filter(({ kind }) => kind === 'delta').map(({ data }) => data.text)
  assert.ok(deltas.length > 5, stdout)
  const answers = events.filter(({ kind, data }) => kind === 'step-completed' && String(data.id).startsWith('model'))
  for (const { data } of answers) assert.equal((data.output as { scripted?: boolean }).scripted, true)
  const end = events.at(-1)?.data
  assert.match(String(end?.output), /^Here is what I found: .*Lisbon.* A good day for a walk!$/)
})

test('a new project passes its own tests and its own type check', async (context) => {
  const dir = await initProject(context)
  const { NODE_OPTIONS, ...rest } = ENV
  const env = { PATH: process.env.PATH, ...rest, NODE_OPTIONS }
  const run = (program: string, args: readonly string[]) =>
    spawnSync(program, args, { cwd: dir, encoding: 'utf8', env, timeout: 60_000 })
  const tests = run(process.execPath, ['--test', 'tests/assistant.test.ts', 'tests/hello.test.ts'])
  assert.equal(tests.status, 0, tests.stdout + tests.stderr)
  const config = JSON.parse(readFileSync(join(dir, 'tsconfig.json'), 'utf8'))
  config.compilerOptions.customConditions = ['polis-source']
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(config))
  const types = run(join(root, 'node_modules/.bin/tsc'), ['-p', dir])
  // The sources of the package are checked by options of their own.
  assert.deepEqual(types.stdout.match(/^(?!\.\.|\s).+$/gm) ?? [], [])
})
