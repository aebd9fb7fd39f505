import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PolisError } from '../core/error.ts'
import { fingerprintOf } from './project/fingerprint.ts'
import { agentSource, writeProject } from './project/fixture.ts'
import { loadProject } from './project.ts'

test('A project has the agents of its files, with a release each, and the schedules of its project file', async () => {
  await using project = await writeProject({
    'agents/a.ts': agentSource('a'),
    'agents/b.mjs': agentSource('b'),
    'agents/_shared.ts': 'throw new Error("never executed")',
    'agents/a.test.ts': 'throw new Error("never executed")',
    'polis.config.ts': "export default { schedules: { nightly: { agent: 'a', cron: '@daily' } } }",
  })
  const loaded = await loadProject(project.dir)
  assert.deepEqual([...loaded.agents.keys()].sort(), ['a', 'b'])
  assert.match(loaded.agents.get('a')?.release ?? '', /^[0-9a-f]{12}$/)
  assert.notEqual(loaded.agents.get('a')?.release, loaded.agents.get('b')?.release)
  assert.deepEqual(loaded.schedules, [
    { name: 'nightly', agent: 'a', cron: '@daily', timeZone: 'UTC', missed: 'once', input: {} },
  ])
})

test('Settings of the project file lose against the environment, and the environment against overrides', async () => {
  await using project = await writeProject({
    'agents/a.ts': agentSource('a'),
    'polis.config.js':
      "export default { settings: { 'server.port': 1001, 'prometheus.port': 1002, 'log.level': 'warn' } }",
  })
  const { settings } = await loadProject(project.dir, {
    env: { POLIS_SERVER_PORT: '2001', POLIS_PROMETHEUS_PORT: '2002' },
    overrides: { 'server.port': 3001 },
  })
  const chosen = [settings['server.port'], settings['prometheus.port'], settings['log.level']]
  assert.deepEqual(chosen, [3001, 2002, 'warn'])
})

test('Every bad file of a project is reported at once, by its path and with what to do', async () => {
  await using project = await writeProject({
    'agents/good.ts': agentSource('good'),
    'agents/clash.ts': agentSource('good'),
    'agents/syntax.ts': 'export default {\n  a: 1,,\n}',
    'agents/enum.ts': 'enum A { B }',
    'agents/package.ts': "import 'no-such-package'",
    'agents/path.ts': "import './no-such-file'",
    'agents/export.ts': "import { no } from './good.ts'",
    'agents/throws.ts': '\nthrow new Error("no key")',
    'agents/nothing.ts': 'export const x = 1',
    'agents/plain.ts': "export const report = { name: 'x', run: async () => {} }",
    'agents/function.ts': 'export default async function report() {}',
  })
  const { message } = await failure(loadProject(project.dir), 'AGENT_LOAD_FAILED')
  for (const expected of [
    /^agents\/good\.ts: an agent named 'good' is also exported by agents\/clash\.ts/m,
    /^agents\/syntax\.ts: SyntaxError: .*\(agents\/syntax\.ts:2\)/m,
    /^agents\/enum\.ts: .*string unions for enums/m,
    /^agents\/package\.ts: .*Install it: npm install no-such-package/m,
    /^agents\/path\.ts: .*with their extension/m,
    /^agents\/export\.ts: .*does not provide an export named 'no'/m,
    /^agents\/throws\.ts: no key \(agents\/throws\.ts:2\)/m,
    /^agents\/nothing\.ts: it exports no agent/m,
    /^agents\/plain\.ts: its export 'report' is no agent: wrap it in defineAgent/m,
    /^agents\/function\.ts: its default export is a function/m,
  ]) {
    assert.match(message, expected)
  }
})

test('A folder that is missing, or has no agents, is told apart and says what to do', async () => {
  await using project = await writeProject({})
  assert.match((await failure(loadProject(`${project.dir}/no`), 'NOT_FOUND')).message, /no project folder/)
  assert.match((await failure(loadProject(project.dir), 'AGENT_LOAD_FAILED')).message, /no folder agents\/.*polis init/)
  await project.write('agents/README.md', '')
  assert.match((await failure(loadProject(project.dir), 'AGENT_LOAD_FAILED')).message, /holds no agents/)
})

test('A schedule of an agent that does not exist is refused with the nearest name', async () => {
  await using project = await writeProject({
    'agents/a.ts': agentSource('report'),
    'polis.config.mjs': "export default { schedules: { nightly: { agent: 'raport', cron: '@daily' } } }",
  })
  const { message } = await failure(loadProject(project.dir), 'INVALID_CONFIG')
  assert.match(message, /schedules\.nightly\.agent: there is no agent 'raport'; did you mean 'report'\?/)
})

async function failure(promise: Promise<unknown>, code: string): Promise<PolisError> {
  const reason = await promise.then(
    () => assert.fail(`expected ${code}`),
    (error: unknown) => error,
  )
  assert.ok(reason instanceof PolisError, String(reason))
  assert.equal(reason.code, code)
  return reason
}

test('Instructions in a file are read with the agent, and are part of its release', async () => {
  const define = new URL('./define-agent.ts', import.meta.url).href
  const source = `import { defineAgent } from '${define}'
export default defineAgent({ name: 'writer', model: 'a/b', instructions: { file: 'prompts/écrire.md' } })`
  await using project = await writeProject({ 'agents/writer.ts': source, 'prompts/écrire.md': 'Write.' })
  const agents = async () => (await loadProject(project.dir)).agents.get('writer')
  const [before, print] = [await agents(), await fingerprintOf(project.dir)]
  assert.equal(before?.instructions, 'Write.')
  await project.write('prompts/écrire.md', 'Write well.')
  const after = await agents()
  assert.equal(after?.instructions, 'Write well.')
  assert.notEqual(after?.release, before?.release)
  assert.notEqual(await fingerprintOf(project.dir), print)
})

test('A file of instructions that is not there, or outside of the project, is refused by name', async () => {
  const define = new URL('./define-agent.ts', import.meta.url).href
  const source = (file: string) => `import { defineAgent } from '${define}'
export default defineAgent({ name: 'writer', model: 'a/b', instructions: { file: '${file}' } })`
  await using missing = await writeProject({ 'agents/writer.ts': source('no.md') })
  assert.match(
    (await failure(loadProject(missing.dir), 'INVALID_CONFIG')).message,
    /Agent writer, .*can be read, got no\.md/,
  )
  await using outside = await writeProject({ 'agents/writer.ts': source('../../etc/hostname') })
  assert.match(
    (await failure(loadProject(outside.dir), 'INVALID_CONFIG')).message,
    /Agent writer, option instructions\.file/,
  )
})
