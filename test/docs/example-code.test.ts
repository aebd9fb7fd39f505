import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'

const root = join(import.meta.dirname, '../..')

test("The agent and the test of README run, and the announcement's key is the same through every crash", async (context) => {
  const keys = new Set<unknown>()
  const { port } = await listen(
    context,
    createServer((request, response) => {
      keys.add(request.headers['idempotency-key'])
      response.end()
    }),
  )
  const folder = folderOf(context)
  const [agent = '', script = ''] = blocksOf('README.md')
  assert.ok(agent.split('\n').length >= 40)
  mkdirSync(join(folder, 'agents'))
  writeFileSync(join(folder, 'agents/release-notes.ts'), agent.replace('localhost:4000', `127.0.0.1:${port}`))
  writeFileSync(join(folder, 'script.ts'), script)
  const { code, output } = await runNode('script.ts', folder)
  assert.equal(code, 0, output)
  assert.match(output, /^true \d{2,}$/m)
  assert.equal(keys.size, 1)
})

test('The agent and the test of Agents with models run: what a human approves is refunded under one key through every crash', async (context) => {
  const keys = new Set<unknown>()
  const { port } = await listen(
    context,
    createServer((request, response) => {
      keys.add(request.headers['idempotency-key'])
      response.end()
    }),
  )
  const folder = folderOf(context)
  const blocks = blocksOf('docs/guide/agents-with-models.md')
  writeFileSync(join(folder, 'support.ts'), String(blocks[0]).replace('localhost:4000', `127.0.0.1:${port}`))
  const show = "console.log(run.output, run.crashes, run.steps.get('refund')?.executed)"
  writeFileSync(join(folder, 'script.ts'), `import support from './support.ts'\n${blocks.at(-1)}\n${show}`)
  const { code, output } = await runNode('script.ts', folder)
  assert.equal(code, 0, output)
  assert.match(output, /^Done: refunded \d{2,} 1$/m)
  assert.equal(keys.size, 1)
})

test('The tests in docs/guide/testing.md pass', async (context) => {
  const folder = folderOf(context)
  const [code = ''] = blocksOf('docs/guide/testing.md')
  writeFileSync(join(folder, 'reminder.test.ts'), code)
  const run = await runNode('reminder.test.ts', folder)
  assert.equal(run.code, 0, run.output)
  assert.match(run.output, /No crash sends a letter twice/)
})

/** TypeScript blocks, under either name of the language. */
function blocksOf(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code)
}

/** Inside the project, so that packages are found, `agentpolis` among them. */
function folderOf(context: TestContext): string {
  const folder = mkdtempSync(join(root, 'test/docs/.example-'))
  context.after(() => rmSync(folder, { recursive: true }))
  return folder
}

async function listen(context: TestContext, server: Server): Promise<AddressInfo> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    server.close()
    server.closeAllConnections()
  })
  // A server that listens on a port has an address of this kind.
  return server.address() as AddressInfo
}

function runNode(file: string, cwd: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const child = spawn(process.execPath, ['--conditions=polis-source', file], { cwd, env, timeout: 60_000 })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })))
}
