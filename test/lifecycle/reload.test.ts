import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeProject } from '../../src/agent/project/fixture.ts'
import { linesOf, startPolis, until } from './polis.ts'
import { agentFile, writeAgents } from './project.ts'

test('In dev, changed code is loaded anew, and code that cannot be loaded leaves the old one at work', async () => {
  await using project = await writeAgents({ greet: "return 'one'" })
  await using polis = await startPolis(project.dir)
  const greet = async () => (await polis.client.runs.submit({ agent: 'greet', input: {} }, { wait: '10s' })).output
  assert.equal(await greet(), 'one')
  await project.write('agents/greet.ts', agentFile('greet', "return 'two'"))
  await polis.logged(/code loaded anew: greet/)
  assert.equal(await greet(), 'two')
  await project.write('agents/greet.ts', 'export default {,}')
  await polis.logged(/The changed code was not loaded, the old code goes on/)
  await polis.logged(/agents\/greet\.ts: SyntaxError/)
  assert.equal(await greet(), 'two')
  await project.write('agents/greet.ts', agentFile('greet', "return 'three'"))
  await until(async () => (await greet()) === 'three', 'the repaired code')
})

test('In dev, a file that no agent imports reloads nothing, and a new agent is served', async () => {
  await using project = await writeAgents({ greet: "return 'one'" })
  await using polis = await startPolis(project.dir)
  await project.write('notes.ts', 'export const nothing = 1')
  await project.write('agents/second.ts', agentFile('second', "return 'second'"))
  await polis.logged(/code loaded anew: greet \(\w+\), second/)
  assert.equal((await polis.client.runs.submit({ agent: 'second', input: {} }, { wait: '10s' })).output, 'second')
})

test('In dev, a run that began before a reload is replayed on the new code', async () => {
  const wait = (text: string) =>
    `const first = await context.step('first', async () => { note(input.file, 'first'); return 1 }, { effect: 'read' }); await context.receive('go', { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }); return first + '${text}'`
  await using project = await writeAgents({ waits: wait('old') })
  const file = join(project.dir, 'notes')
  await using polis = await startPolis(project.dir)
  const { run } = await polis.client.runs.submit({ agent: 'waits', input: { file } })
  await linesOf(file, 1)
  await project.write('agents/waits.ts', agentFile('waits', wait('new')))
  await polis.logged(/code loaded anew/)
  await polis.client.runs.send(run, { name: 'go', data: {} })
  const ended = await polis.client.runs.get(run, { wait: '10s' })
  assert.equal(ended.output, '1new')
  assert.equal((await linesOf(file, 1)).length, 1, 'a recorded step is not repeated (G3)')
})

test('In dev, changed instructions of a model are loaded anew', async () => {
  const source = (path: string) => new URL(`../../src/${path}`, import.meta.url).href
  await using project = await writeProject({
    'agents/echo.ts': `import { defineAgent } from '${source('agent/define-agent.ts')}'
export default defineAgent({ name: 'echo', model: 'demo/echo', instructions: { file: 'prompts/echo.md' } })`,
    'prompts/echo.md': 'one',
    'polis.config.ts': `import { defineScript } from '${source('model/scripted/script.ts')}'
const script = defineScript([{ say: ({ instructions }) => instructions }])
export default { models: { providers: { demo: { kind: 'scripted', script } } } }`,
  })
  await using polis = await startPolis(project.dir)
  const echo = async () => (await polis.client.runs.submit({ agent: 'echo', input: 'hi' }, { wait: '10s' })).output
  assert.equal(await echo(), 'one')
  await project.write('prompts/echo.md', 'two')
  await polis.logged(/code loaded anew: echo/)
  assert.equal(await echo(), 'two')
})
