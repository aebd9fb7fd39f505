import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { LLMock } from '@copilotkit/aimock'
import { MAIN, talk } from '../cli/spawn.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const ENV = { POLIS_PROMETHEUS_PORT: '0', NO_COLOR: '1', NODE_OPTIONS: '--conditions=polis-source', KEY: 'sk-test' }
const usage = { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 }

const AGENT = `import { defineAgent, tool } from 'agentpolis'
import { z } from 'zod'
const weather = tool({
  name: 'weather',
  description: 'The weather in a city.',
  input: z.object({ city: z.string() }),
  effect: 'read',
  run: ({ city }) => \`rain in \${city}\`,
})
export default defineAgent({
  name: 'assistant',
  model: ['local/broken', 'local/good'],
  instructions: { file: 'prompt.md' },
  tools: [weather],
})`

function writeProject(context: TestContext, baseUrl: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'polis-loop-'))
  context.after(() => rmSync(dir, { recursive: true, maxRetries: 3 }))
  for (const folder of ['agents', 'node_modules']) mkdirSync(join(dir, folder))
  symlinkSync(root, join(dir, 'node_modules/agentpolis'))
  symlinkSync(join(root, 'node_modules/zod'), join(dir, 'node_modules/zod'))
  writeFileSync(join(dir, 'agents/assistant.ts'), AGENT)
  writeFileSync(join(dir, 'prompt.md'), 'Answer about the weather.')
  const provider = { kind: 'openai-compatible', baseUrl, apiKey: { env: 'KEY' } }
  const price = { input: 1, output: 4 }
  const prices = { 'local/good': price, 'local/broken': price }
  const config = { models: { providers: { local: provider }, prices } }
  writeFileSync(join(dir, 'polis.config.ts'), `export default ${JSON.stringify(config)}`)
  return dir
}

test('a model behind HTTP leads an agent: the broken one is passed over, a tool is called, the answer streams', async (context) => {
  const mock = new LLMock({ port: 0 })
  context.after(() => mock.stop())
  mock.addFixture({
    match: { model: 'broken' },
    response: { error: { message: 'Out of paper', type: 'invalid_request_error' }, status: 400 },
  })
  mock.addFixture({
    match: { hasToolResult: true },
    response: { content: 'It rains in Lisbon today, so take an umbrella.', usage },
    chunkSize: 8,
  })
  mock.addFixture({
    match: { systemMessage: 'Answer about the weather', userMessage: 'Lisbon' },
    response: { toolCalls: [{ name: 'weather', arguments: '{"city":"Lisbon"}' }], usage },
  })
  const dir = writeProject(context, `${await mock.start()}/v1`)
  const args = ['--dir', dir, 'run', 'assistant', '--input', 'Weather in Lisbon?', '--follow', '--json']
  const { code, stdout, stderr } = await talk(process.execPath, [MAIN, ...args], ENV).ended
  assert.equal(code, 0, stdout + stderr)
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; step?: string; data: Data })
  const of = (kind: string) => events.filter((event) => event.kind === kind).map(({ data }) => data)
  assert.deepEqual(
    of('step-failed').map(({ id, error }) => `${id} ${error?.code}`),
    ['model MODEL_FAILED', 'model#3 MODEL_FAILED'],
  )
  assert.deepEqual(
    of('step-completed').map(({ id }) => id),
    ['model#2', 'weather', 'model#4'],
  )
  assert.deepEqual(of('step-completed')[1]?.output, { kind: 'text', value: 'rain in Lisbon' })
  const streamed = events
    .filter(({ kind, step }) => kind === 'delta' && step === 'model#4')
    .map(({ data }) => data.text)
  assert.ok(streamed.length > 2, stdout)
  assert.equal(streamed.join(''), 'It rains in Lisbon today, so take an umbrella.')
  assert.equal(of('run-completed')[0]?.output, streamed.join(''))
  // 20 tokens of a dollar, and 5 of four dollars, for a million.
  assert.equal(of('step-completed')[2]?.charge?.nanos, 40_000)
  const sent = JSON.stringify(mock.getRequests().at(-1)?.body)
  assert.match(sent, /rain in Lisbon/)
  assert.doesNotMatch(stdout, /sk-test/)
})

interface Data {
  readonly id?: string
  readonly text?: string
  readonly output?: unknown
  readonly error?: { readonly code: string }
  readonly charge?: { readonly nanos: number }
}
