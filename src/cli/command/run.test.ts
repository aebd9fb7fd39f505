import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { createEntries, RUN } from '../fake/entries.ts'
import { polis } from '../fake/polis.ts'
import { agentView, runView } from '../fake/view.ts'

const agents = [agentView('report'), agentView('checker')]
const ended = { agents, runs: [runView()], executes: true }

function stream() {
  const entry = createEntries()
  return [
    entry('run-submitted', { agent: 'report', input: {}, tags: {}, priority: 0 }, 1000),
    entry('step-completed', { id: 'list', index: 0, attempt: 1, ms: 34, output: [] }, 1040),
    entry('run-completed', { output: { pages: 3 } }, 3000),
  ]
}

test('what is submitted is what the options say', async () => {
  const args = 'run report --input {"a":1} --session s1 --tag env=prod --tag note=a=b --key k1'
  const { calls } = await polis(args, ended)
  assert.deepEqual(calls[0]?.args[0], { url: undefined, apiKey: undefined, dir: '/project', purpose: 'execute' })
  assert.deepEqual(calls[1], {
    name: 'submit',
    args: [{ agent: 'report', input: { a: 1 }, session: 's1', tags: { env: 'prod', note: 'a=b' } }, { key: 'k1' }],
  })
})

test('a run that this process executes is waited for, and its output printed', async () => {
  const { code, out, err } = await polis('run report', { ...ended, streams: { [RUN]: stream() } })
  assert.deepEqual({ code, out, err }, { code: 0, out: '{\n  "pages": 3\n}\n', err: '' })
})

test('a run on a server is only started, unless it is to be waited for', async () => {
  const state = { ...ended, executes: false }
  const started = await polis('run report --url http://a', state)
  assert.equal(started.code, 0)
  assert.equal(started.out, `${RUN}\n`)
  assert.match(started.err, /polis runs show run_01k0000000000000000000000a --follow/)
  assert.equal((await polis('run report --url http://a --wait', state)).out, '{\n  "pages": 3\n}\n')
})

test('--follow appends the steps, then prints the output', async () => {
  const { code, out } = await polis('run report --follow', { ...ended, streams: { [RUN]: stream() } })
  assert.equal(code, 0)
  const [first, ...rest] = out.split('\n')
  assert.match(first ?? '', /^▶ report {2}run_/)
  assert.deepEqual(rest, ['✓ list  34ms', `✓ report  ${RUN}  completed 2s`, '{', '  "pages": 3', '}', ''])
})

test('--follow --json is lines of JSON, the last one the run', async () => {
  const { out, err } = await polis('run report --follow --json', { ...ended, streams: { [RUN]: stream() } })
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    lines.map(({ kind }) => kind),
    ['run-submitted', 'step-completed', 'run-completed', 'end'],
  )
  assert.ok(lines.every(({ run }) => run === RUN))
  assert.equal(lines.at(-1).data.status, 'completed')
  assert.equal(err, '')
})

test('a failed run is exit code 1, with its error and what can be done', async () => {
  const error = { code: 'STEP_FAILED', message: 'disk \x1b[31mon fire' }
  const runs = [runView({ status: 'failed', error, output: undefined })]
  const { code, out } = await polis(
    'run report',
    { agents, runs, executes: true },
    { tty: true, env: { NO_COLOR: '1' } },
  )
  assert.equal(code, 1)
  assert.equal(
    out,
    `failed  STEP_FAILED: disk \\x1b[31mon fire\n→ polis runs retry ${RUN}   continues at the step that failed\n`,
  )
})

test('a run that continues in another is followed there', async () => {
  const next = 'run_01k0000000000000000000000c'
  const runs = [
    runView({ status: 'continued', continuedAs: next, output: undefined }),
    runView({ run: next, output: 'done' }),
  ]
  const { code, out, calls } = await polis('run report', { agents, runs, executes: true })
  assert.equal(code, 0)
  assert.equal(out, 'done\n')
  assert.deepEqual(
    calls.filter(({ name }) => name === 'follow').map(({ args }) => args[0]),
    [RUN, next],
  )
})

test('an unknown agent is refused with the one that was meant', async () => {
  const { code, err } = await polis('run reprot', ended)
  assert.equal(code, 3)
  assert.equal(
    err,
    "✗ There is no agent 'reprot' (UNKNOWN_AGENT)\n  → Did you mean report? There are: report, checker\n",
  )
})

test('bad input is refused before anything is opened', async () => {
  for (const args of ['run report --input {a}', 'run report --input @missing.json', 'run report --tag novalue']) {
    const { code, calls } = await polis(args, ended)
    assert.equal(code, 2, args)
    assert.deepEqual(calls, [], args)
  }
})

test('a signal while it waits is exit code 130, and says that nothing is lost', async () => {
  const stop = new AbortController()
  const before = async () => stop.abort('SIGINT')
  const { code, err } = await polis(
    'run report --follow',
    { ...ended, streams: { [RUN]: stream() }, before },
    { stop: stop.signal },
  )
  assert.equal(code, 130)
  assert.match(err, /is not lost: 'polis dev' goes on with it/)
})

test('a question is answered where the run is followed', async () => {
  const entry = createEntries()
  const stdin = new PassThrough()
  const asked = entry(
    'question-asked',
    { id: 'approve', index: 0, question: 'Write it?', schema: { type: 'boolean' } },
    1500,
  )
  const answered = entry('question-answered', { id: 'approve', index: 0, answer: true }, 2000)
  const events = [asked, answered, entry('run-completed', { output: 'ok' }, 2500)]
  const { promise, resolve } = Promise.withResolvers<void>()
  const state = {
    ...ended,
    streams: { [RUN]: events },
    before: async (event: unknown) => {
      if (event !== answered) return
      stdin.on('resume', resolve)
      stdin.write('maybe\nyes\n')
      // The reader has had both lines once it asks for more.
      while (!answers()) await new Promise((next) => setImmediate(next))
    },
  }
  let answers = () => false
  const running = polis('run report --follow', state, {
    tty: true,
    stdinTTY: true,
    stdin,
    columns: 100,
    env: { NO_COLOR: '1' },
  })
  void promise
  let turns = 0
  answers = () => ++turns > 20
  const { code, out, calls } = await running
  assert.equal(code, 0)
  assert.deepEqual(
    calls.filter(({ name }) => name === 'answer').map(({ args }) => args),
    [[RUN, 'approve', true]],
  )
  const text = stripVTControlCharacters(out)
  assert.ok(text.includes("Write it? [y/n] › answer: expected yes or no, got 'maybe'\nWrite it? [y/n] › "))
  assert.ok(text.includes('✓ approve'))
})
