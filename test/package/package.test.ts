import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
// The manifest is our own file; only its version is read here.
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
const folder = mkdtempSync(join(tmpdir(), 'polis-package-'))
const app = join(folder, 'app')
const polis = join(app, 'node_modules/.bin/polis')

/** As a user's shell would be: without what npm and this repository's scripts set. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name !== 'NODE_OPTIONS' && !/^npm_(?!config_cache)/i.test(name)),
)

const entries = ['src/main.ts', 'src/index.ts', 'src/testing.ts', 'src/evals.ts', 'src/client/index.ts']
const absent = entries.filter((path) => !existsSync(join(root, path)))
const missing = absent.length > 0 && `${absent.join(', ')} not written yet`

describe('The published package, installed elsewhere', { timeout: 180_000, skip: missing }, () => {
  let packed: readonly string[] = []

  before(async () => {
    const out = await run(root, 'npm', 'pack', '--json', '--silent', '--pack-destination', folder)
    packed = contentsOf(out)
    mkdirSync(app)
    writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }))
    const tarball = join(folder, `agentpolis-${version}.tgz`)
    await run(app, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', tarball)
  })

  after(() => rmSync(folder, { recursive: true, force: true }))

  test('It holds what runs and what is to be read, and neither sources nor tests', () => {
    for (const path of ['dist/main.js', 'dist/index.js', 'dist/index.d.ts', 'README.md', 'LICENSE', 'CHANGELOG.md']) {
      assert.ok(packed.includes(path), `${path} is not in the package`)
    }
    const stray = packed.filter((path) => /\.test\.|^(?:src|test|scripts|bench|examples)\//.test(path))
    assert.deepEqual(stray, [])
  })

  test('polis tells its version', async () => {
    assert.match(await run(app, polis, '--version'), new RegExp(`\\b${version.replaceAll('.', '\\.')}\\b`))
  })

  test('polis --help names its commands', async () => {
    const help = await run(app, polis, '--help')
    for (const command of ['init', 'dev', 'serve', 'run', 'runs', 'agents', 'schedules', 'doctor']) {
      assert.match(help, new RegExp(`\\b${command}\\b`))
    }
  })

  test('An author imports agentpolis, its testing kit, its evals and its client', async () => {
    const script = `
      const [author, testing, evals, client] = await Promise.all(
        ['agentpolis', 'agentpolis/testing', 'agentpolis/evals', 'agentpolis/client'].map((name) => import(name)))
      console.log(typeof author.defineAgent, typeof author.defineConfig, typeof evals.defineEval, Object.keys(testing).length > 0, Object.keys(client).length > 0)`
    const out = await run(app, 'node', '--input-type=module', '--eval', script)
    assert.equal(out.trim(), 'function function function true true')
  })

  test('The libraries whose agents it runs are not installed with it, and only their adapters miss them', async () => {
    for (const name of ['ai', '@langchain/core', '@langchain/langgraph', '@openai/agents'])
      assert.equal(existsSync(join(app, 'node_modules', name)), false, `${name} was installed`)
    const script = `
      console.log(Object.keys(await import('agentpolis/ai-sdk')).join())
      for (const name of ['agentpolis/langgraph', 'agentpolis/openai-agents'])
        await import(name).catch(({ code, message }) => console.log(code, /'(@[^']+)'/.exec(message)[1]))`
    const out = await run(app, 'node', '--input-type=module', '--eval', script)
    assert.deepEqual(out.trim().split('\n'), [
      'durableModel,durableTools,runAiSdkAgent',
      'ERR_MODULE_NOT_FOUND @langchain/core',
      'ERR_MODULE_NOT_FOUND @openai/agents',
    ])
  })

  test('TypeScript finds the types of all three', async () => {
    const uses = [
      "import { defineAgent } from 'agentpolis'",
      "import * as testing from 'agentpolis/testing'",
      "import * as client from 'agentpolis/client'",
      'export const used = [defineAgent, testing, client]',
      '// @ts-expect-error: an agent needs more than a name, so this fails only where the types are known',
      "defineAgent({ name: 'nothing' })",
    ]
    writeFileSync(join(app, 'use.ts'), `${uses.join('\n')}\n`)
    const strict = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2025']
    await run(app, join(root, 'node_modules/.bin/tsc'), ...strict, '--lib', 'es2025,dom,esnext', 'use.ts')
  })
})

async function run(cwd: string, file: string, ...args: string[]): Promise<string> {
  const options = { cwd, env: environment, maxBuffer: 16 * 1024 * 1024, timeout: 120_000 }
  const { stdout } = await promisify(execFile)(file, args, options).catch((reason) => {
    throw new Error(`${file} ${args.join(' ')} failed:\n${reason.stdout ?? ''}${reason.stderr ?? ''}`, {
      cause: reason,
    })
  })
  return stdout
}

/** Reads what `npm pack --json` says, behind whatever the build printed before it. */
function contentsOf(output: string): string[] {
  const json = output.slice(output.search(/^[[{]$/m))
  // npm's own report; since version 11 an object by package name, before that a list.
  const report = Object.values(JSON.parse(json)) as { files: { path: string }[] }[]
  return report.flatMap(({ files }) => files.map(({ path }) => path))
}
