import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CHILD, createEntries, RUN } from '../fake/entries.ts'
import { polis } from '../fake/polis.ts'
import { NOW, runView } from '../fake/view.ts'

const runs = [
  runView(),
  runView({ run: CHILD, agent: 'a-rather-long-agent-name', status: 'suspended', reason: 'waits for approve' }),
]

test('runs are listed in aligned columns', async () => {
  const { code, out } = await polis('runs list', { runs })
  assert.equal(code, 0)
  assert.deepEqual(out.split('\n'), [
    'RUN                             AGENT                     STATUS       AGE  REASON',
    `${RUN}  report                    completed  1m 2s`,
    `${CHILD}  a-rather-long-agent-name  suspended  1m 2s  waits for approve`,
    '',
  ])
})

test('a list is cut to the width of a terminal', async () => {
  const { out } = await polis('runs list', { runs }, { tty: true, columns: 70, env: { NO_COLOR: '1' } })
  assert.ok(
    out.split('\n').every((line) => line.length <= 70),
    out,
  )
})

test('filters become what the runtime is asked for', async () => {
  const { calls } = await polis('runs ls --agent a --status failed --status dead --session s --tag a=b -n 5 --cursor c')
  assert.deepEqual(calls[1]?.args[0], {
    limit: 5,
    agent: 'a',
    session: 's',
    cursor: 'c',
    status: ['failed', 'dead'],
    tags: { a: 'b' },
  })
})

test('bad filters are refused with what was expected', async () => {
  assert.match(
    (await polis('runs list --status faild')).err,
    /--status: expected one of queued, .*; got 'faild'.*\n.*Did you mean failed\?/,
  )
  for (const limit of ['0', '201', '-1', 'x', '1.5']) {
    assert.match(
      (await polis(['runs', 'list', `--limit=${limit}`])).err,
      /--limit: expected a whole number from 1 to 200/,
    )
  }
})

test('--json prints the page as one document', async () => {
  const { out, err } = await polis('runs list --json', { runs })
  assert.deepEqual(JSON.parse(out), { items: JSON.parse(JSON.stringify(runs)) })
  assert.equal(err, '')
})

test('an empty list says how to get a run, on standard error', async () => {
  const { out, err } = await polis('runs list')
  assert.deepEqual({ out, err }, { out: '', err: "No runs. 'polis run AGENT' starts one\n" })
})

test('a run is shown with its facts, its steps and its outcome', async () => {
  const entry = createEntries()
  const streams = {
    [RUN]: [
      entry('run-submitted', { agent: 'report', input: {}, tags: {}, priority: 0 }, NOW - 62_000),
      entry('step-completed', { id: 'list', index: 0, attempt: 1, ms: 34, output: [] }, NOW - 61_000),
      entry('run-completed', { output: { pages: 3 } }, NOW - 60_000),
    ],
  }
  const { out } = await polis(`runs show ${RUN}`, { runs, streams })
  const lines = out.split('\n')
  assert.equal(lines[0], `run      ${RUN}`)
  assert.equal(lines[2], 'status   completed')
  assert.match(lines[4] ?? '', /^created {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(1m 2s ago\)$/)
  assert.deepEqual(lines.slice(7), [
    '',
    `✓ report  ${RUN}  completed 2s`,
    '└─ ✓ list  34ms',
    '',
    '{',
    '  "pages": 3',
    '}',
    '',
  ])
})

test('runs show --json has the entries, and says nothing twice', async () => {
  const entry = createEntries()
  const streams = { [RUN]: [entry('run-paused', {}, NOW)] }
  const { out } = await polis(`runs show ${RUN} --json`, { runs, streams })
  assert.deepEqual(JSON.parse(out).entries, [{ sequence: 1, kind: 'run-paused', time: NOW, data: {} }])
})

test('every action reaches its run and prints how it stands', async () => {
  const calls = {
    cancel: [RUN],
    pause: [RUN],
    resume: [RUN],
    retry: [RUN],
    fork: [RUN],
  }
  for (const [action, args] of Object.entries(calls)) {
    const { code, out, calls } = await polis(`runs ${action} ${RUN}`, { runs })
    assert.deepEqual({ code, out }, { code: 0, out: `${RUN}  completed\n` }, action)
    assert.deepEqual(calls[1], { name: action, args }, action)
  }
  assert.deepEqual((await polis(`runs fork ${RUN} --at 4`, { runs })).calls[1]?.args, [RUN, 4])
  assert.deepEqual((await polis(['runs', 'cancel', RUN, '--reason', 'too dear'], { runs })).calls[1]?.args, [
    RUN,
    'too dear',
  ])
  assert.equal((await polis(`runs remove ${RUN}`, { runs })).out, `${RUN}  removed\n`)
})

test('a message is sent with its data', async () => {
  const { calls } = await polis(`runs send ${RUN} go {"n":1} --id m1`, { runs })
  assert.deepEqual(calls[1], { name: 'send', args: [RUN, { name: 'go', data: { n: 1 }, id: 'm1' }] })
})

const question = {
  run: RUN,
  agent: 'report',
  id: 'approve',
  question: 'Write it?',
  schema: { type: 'boolean' },
  askedAt: NOW,
}

test('the only open question is answered without being named', async () => {
  const { out, calls } = await polis(`runs answer ${RUN} yes`, { runs, questions: [question] })
  assert.equal(out, `${RUN}  answered approve\n`)
  assert.deepEqual(calls[1], { name: 'answer', args: [RUN, 'approve', true] })
})

test('of several questions one must be named', async () => {
  const questions = [question, { ...question, id: 'title' }]
  const { code, err } = await polis(`runs answer ${RUN} yes`, { runs, questions })
  assert.equal(code, 2)
  assert.match(err, /asks 2 questions: approve, title/)
  assert.equal((await polis(`runs answer ${RUN} no -q title`, { runs, questions })).calls[1]?.args[1], 'title')
})

test('answering a run that asks nothing is refused', async () => {
  const { code, err } = await polis(`runs answer ${RUN} yes`, { runs })
  assert.equal(code, 3)
  assert.match(err, /asks nothing now/)
})
