import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { ServerQuestion } from '../../src/core/server-question.ts'
import type { ToolProgress } from '../../src/core/tool.ts'
import { failsWith, resultOf, startServers, type TestServers, textOf } from './support.ts'

const SERVER = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'))
const signal = new AbortController().signal
let servers: TestServers

before(() => {
  servers = startServers({
    all: {
      command: process.execPath,
      args: [SERVER, 'stdio'],
      roots: ['docs'],
      tools: { except: ['get-env'], rename: { 'get-sum': 'add' } },
    },
  })
})
after(() => servers.close())

test('The official server of everything lists its tools, as the project filters and renames them', async () => {
  const names = (await servers.tools('all')).map(({ name }) => name)
  assert.ok(names.includes('echo') && names.includes('add'), names.join())
  assert.ok(!names.includes('get-env') && !names.includes('get-sum'), names.join())
  assert.match(await textOf(servers, 'all', 'add', { a: 2, b: 40 }), /42/)
  await assert.rejects(textOf(servers, 'all', 'get-env'), failsWith('INVALID_ARGUMENT', /no tool 'get-env'/))
})

test('It is told the roots that the project gives it', async () => {
  assert.match(await textOf(servers, 'all', 'get-roots-list'), /docs/)
})

test('Its resources and prompts are listed and read', async () => {
  const resources = await servers.resources('all')
  const first = resources.find(({ uri }) => uri.endsWith('.md'))
  assert.ok(first, JSON.stringify(resources))
  const read = await servers.resource('all', first.uri, { signal })
  assert.ok('text' in read && read.text.length > 100)
  const prompts = await servers.prompts('all')
  const withArguments = prompts.find(({ name }) => name === 'args-prompt')
  assert.deepEqual(withArguments?.arguments[0]?.name, 'city')
  const filled = await servers.prompt('all', 'args-prompt', { city: 'Brno' }, { signal })
  assert.ok('text' in filled && /Brno/.test(filled.text))
  await assert.rejects(servers.resource('all', 'demo://no/such', { signal }), failsWith('INVALID_ARGUMENT', /no\/such/))
})

test('Its long operation tells its progress', async () => {
  const seen: ToolProgress[] = []
  const args = { duration: 0.4, steps: 4 }
  await resultOf(servers, 'all', 'trigger-long-running-operation', args, {
    signal,
    onProgress: (step) => seen.push(step),
  })
  assert.ok(seen.length >= 2 && seen.every(({ total }) => total === 4), JSON.stringify(seen))
})

test('Its question in the middle of a call reaches the human, and the answer reaches it', async () => {
  const asked: ServerQuestion[] = []
  const options = {
    signal,
    onQuestion: async (question: ServerQuestion) => {
      asked.push(question)
      return { action: 'accept', content: { name: 'Božena', check: true } } as const
    },
  }
  const { text } = await resultOf(servers, 'all', 'trigger-elicitation-request', {}, options)
  assert.equal(asked[0]?.kind, 'form')
  assert.match(text, /Božena/)
  const declined = await resultOf(
    servers,
    'all',
    'trigger-elicitation-request',
    {},
    { signal, onQuestion: async () => ({ action: 'decline' }) },
  )
  assert.match(declined.text, /declin/i)
  assert.match(await textOf(servers, 'all', 'trigger-elicitation-request'), /cancel/i)
})
