import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
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
