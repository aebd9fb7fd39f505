/** `polis chat` as someone uses it: at a real terminal, which script(1) makes, and over pipes. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { type TestContext, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { type Fixture, writeProject } from '../../src/agent/project/fixture.ts'
import { MAIN, talk } from '../cli/spawn.ts'
import { startPolis } from '../lifecycle/polis.ts'

const ENV = { POLIS_PROMETHEUS_PORT: '0', NO_COLOR: '1', TERM: 'xterm', NODE_OPTIONS: process.env.NODE_OPTIONS ?? '' }
const AGENT = new URL('../../src/agent/', import.meta.url).href
const SCRIPT = new URL('../../src/model/scripted/script.ts', import.meta.url).href
const ZOD = import.meta.resolve('zod')

test('At a terminal: an answer, an approval with other arguments, an interruption, and the session goes on elsewhere', async (context) => {
  if (!canPlayTerminal(context)) return
  await using project = await writeHelper()
  await using chat = terminal(project, ['chat', 'helper', '--session', 's1'])
  await chat.said(/session s1.*\/help/)
  chat.type('hello\r')
  await chat.said(/You said: hello\. \[scripted\]/)
  chat.type('a refund, please\r')
  await chat.said(/→ refund \{"amount":40\}\s+May helper call refund\?/)
  await chat.said(/e to edit\] › /)
  chat.type('e\r')
  await chat.said(/JSON › \S*\{"amount":40\}/)
  chat.type('\x7f\x7f\x7f5}\r')
  await chat.said(/✓ refund/)
  await chat.said(/"refunded":5/)
  chat.type('a refund, please\r')
  await chat.said(/I ask[\s\S]*I ask[\s\S]*e to edit\] › /)
  chat.type('\x03')
  // The question's prompt gives way to the usual one.
  await chat.said(/— interrupted\s[\s\S]*0J› /)
  chat.type('slow\r')
  await chat.said(/→ slow/)
  chat.type('\x03')
  await chat.said(/— interrupted\s/)
  chat.type('/title My refund\r')
  await chat.said(/named My refund/)
  chat.type('/quit\r')
  assert.match(stripVTControlCharacters((await chat.ended).stdout), /'polis chat helper --session s1' goes on here/)

  await using polis = await startPolis(project.dir)
  await using again = terminal(project, ['chat', 'helper', '--session', 's1', '--url', polis.url])
  await again.said(/session s1 “My refund”/)
  await polis.client.sessions.send('s1', 'from elsewhere')
  await again.said(/› from elsewhere\s+You said: from elsewhere\. \[scripted\]/)
  again.type('\x03')
  await again.said(/leaves/)
  again.type('\x03')
  const { stdout } = await again.ended
  assert.match(stripVTControlCharacters(stdout), /› hello\s+You said: hello\. \[scripted\]/, 'its history is printed')
})

test('Over pipes each line is a message or an answer, and answers alone are printed', async () => {
  await using project = await writeHelper()
  await using chat = talk(process.execPath, [MAIN, '--dir', project.dir, 'chat', 'helper', '--session', 'p1'], ENV)
  chat.type('hello\nrefund\nno, too much\n/quit\n')
  const { code, stdout, stderr } = await chat.ended
  assert.equal(code, 0, stderr)
  assert.equal(
    stdout,
    '[scripted] You said: hello.\n[scripted] I ask.\n[scripted] The tool said "A human declined this call: too much".\n',
  )
  assert.match(stderr, /May helper call refund\?/)
})

function terminal(project: Fixture, args: readonly string[]) {
  const command = [process.execPath, MAIN, '--dir', project.dir, ...args].map((word) => `'${word}'`).join(' ')
  const played = talk('script', ['-qefc', `stty cols 100 rows 40; exec ${command}`, '/dev/null'], ENV)
  return { ...played, [Symbol.asyncDispose]: () => played[Symbol.asyncDispose]() }
}

function canPlayTerminal(context: TestContext): boolean {
  const { error, status } = spawnSync('script', ['-qefc', 'true', '/dev/null'], { stdio: 'ignore' })
  if (error === undefined && status === 0) return true
  context.skip('there is no script(1) of util-linux to play a terminal with')
  return false
}

function writeHelper(): Promise<Fixture> {
  return writeProject({
    'polis.config.ts': `
import { defineScript } from '${SCRIPT}'
export default { models: { providers: { demo: { kind: 'scripted', script: defineScript([
  { when: { text: 'refund', before: ['refund'] }, say: 'I ask.', call: { tool: 'refund', input: { amount: 40 } } },
  { when: { after: ['refund'] }, say: (turn) => 'The tool said ' + JSON.stringify(turn.result('refund')) + '.' },
  { when: { text: 'slow' }, call: { tool: 'slow', input: {} } },
  { say: (turn) => 'You said: ' + turn.text + '.' },
]) } } } }`,
    'agents/helper.ts': `
import { defineAgent } from '${AGENT}define-agent.ts'
import { tool } from '${AGENT}tool.ts'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from '${ZOD}'
const refund = tool({
  name: 'refund', description: 'Refunds', input: z.object({ amount: z.number() }), effect: 'idempotent', approval: 'always',
  run: async ({ amount }) => ({ refunded: amount }),
})
const slow = tool({
  name: 'slow', description: 'Slow', input: z.object({}), effect: 'read',
  run: async (_, { signal }) => void (await pause(60_000, undefined, { signal })),
})
export default defineAgent({ name: 'helper', model: 'demo/one', instructions: 'Help.', tools: [refund, slow] })`,
  })
}
