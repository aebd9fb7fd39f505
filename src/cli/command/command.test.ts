import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { hashApiKey } from '../../core/api-key.ts'
import { PolisError } from '../../core/error.ts'
import type { Check } from '../doctor/check.ts'
import { RUN } from '../fake/entries.ts'
import { polis } from '../fake/polis.ts'
import { agentView, NOW } from '../fake/view.ts'

test('agents are listed with their releases', async () => {
  const { out } = await polis('agents', { agents: [agentView('report', 'Writes a report'), agentView('b')] })
  assert.equal(out, 'AGENT   RELEASE       DESCRIPTION\nreport  0123456789ab  Writes a report\nb       0123456789ab\n')
})

test('schedules are listed without a subcommand, and removed with one', async () => {
  const schedule = {
    name: 'nightly',
    agent: 'report',
    cron: '0 2 * * *',
    timeZone: 'UTC',
    missed: 'once',
    input: {},
    paused: true,
    source: 'api',
  } as const
  const { out } = await polis('schedules', { schedules: [schedule] })
  assert.match(out, /nightly {3}report {2}0 2 \* \* \* {2}UTC {3}paused {2}api/)
  assert.deepEqual((await polis('schedules remove nightly')).calls[1], { name: 'schedules.remove', args: ['nightly'] })
})

test('sessions are listed with how long ago they changed', async () => {
  const session = {
    session: 's1',
    agent: 'report',
    tags: {},
    state: {},
    version: 1,
    waiting: 2,
    createdAt: NOW,
    updatedAt: NOW - 5000,
  }
  const { out } = await polis('sessions', { sessions: [session] })
  assert.match(out, /s1 {7}report {23}2 {3}5s ago/)
})

const USAGE = { input: 9, cachedInput: 0, cacheWrite: 0, output: 1, reasoning: 0 }
const SURE = { calls: 0, tokens: 0, dollars: 0 }

test('costs are summed up by what is asked for; what is assumed and what is not known is said', async () => {
  const total = {
    ...{ calls: 5, tokens: 30, usage: USAGE, dollars: 1.5, unpriced: 2 },
    assumed: { calls: 1, tokens: 10, dollars: 0.004 },
  }
  const items = [
    { ...total, group: 'red', calls: 3, unpriced: 0 },
    { calls: 2, tokens: 10, usage: USAGE, unpriced: 2, assumed: SURE },
  ]
  const { out, err, calls } = await polis('costs --by tag:team --since 7d', { costs: { items, total } })
  assert.match(out, /TEAM +CALLS +TOKENS +COST +OF IT ASSUMED\n/)
  assert.match(out, /red +3 +30 +\$1\.50 +1 call, \$0\.004\n/)
  assert.match(out, /none +2 +10 +unknown\n/)
  assert.match(out, /total +5 +30 +\$1\.50 \+ unknown/)
  assert.match(err, /price of 2 calls is not known.*models\.prices/)
  assert.match(err, /outcome of 1 call is not known/)
  const query = { by: 'tag:team', limit: 20, from: NOW - 7 * 86_400_000 }
  assert.deepEqual(calls[1], { name: 'costs.list', args: [query] })
})

test('costs without a call are said to be none', async () => {
  assert.match((await polis('costs')).err, /No model calls/)
})

test('a key is printed alone on standard output, and its record recognises it', async () => {
  const { out, err } = await polis('keys create --id ada --scope runs:read')
  const key = out.trim()
  assert.match(key, /^polis_[\w-]{43}$/)
  const record = JSON.parse(err.trimEnd().split('\n').at(-1) ?? '')
  assert.deepEqual(record, {
    id: 'ada',
    sha256: hashApiKey(key).toString('hex'),
    tenant: 'default',
    scopes: ['runs:read'],
  })
})

test('a key’s record can be added to a file, which then does not hold the key', async (context) => {
  const cwd = await mkdtemp(join(tmpdir(), 'polis-keys-'))
  context.after(() => rm(cwd, { recursive: true }))
  for (const id of ['a', 'b']) await polis(`keys create --id ${id} --file keys.jsonl`, {}, { cwd })
  const lines = (await readFile(join(cwd, 'keys.jsonl'), 'utf8')).trimEnd().split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).id),
    ['a', 'b'],
  )
  assert.ok(!lines.join().includes('polis_'))
})

const CHECKS: readonly Check[] = [
  { area: 'machine', name: 'node', status: 'ok', detail: 'v26.10.0' },
  { area: 'store', name: 'disk', status: 'warn', detail: '2 GB free', advice: 'Free some space' },
]

test('doctor prints a line a check with advice, and fails only on a fail', async () => {
  const { code, out } = await polis('doctor', { checks: CHECKS })
  assert.equal(code, 0)
  assert.equal(
    out,
    '✓ ok    node  v26.10.0\n\n! warn  disk  2 GB free\n        → Free some space\n\n1 ok, 1 to look at, 0 failed\n',
  )
  const fail: Check = { area: 'ports', name: 'api', status: 'fail', detail: 'taken' }
  assert.equal((await polis('doctor', { checks: [...CHECKS, fail] })).code, 1)
  const { out: json } = await polis('doctor --json', { checks: CHECKS })
  assert.deepEqual(JSON.parse(json), { ok: 1, warnings: 1, failures: 0, checks: CHECKS })
})

test('serving ends with 0 after a signal, once it has drained', async () => {
  const stop = new AbortController()
  stop.abort('SIGTERM')
  const { code, out, err, calls } = await polis(
    'serve --role api --port 0',
    { agents: [agentView('a')] },
    { stop: stop.signal },
  )
  assert.equal(code, 0)
  assert.deepEqual(
    calls.map(({ name }) => name),
    ['serve', 'served.close'],
  )
  assert.deepEqual(calls[0]?.args[0], { mode: 'serve', role: 'api', host: undefined, port: 0, dir: '/project' })
  assert.match(out, /api {6}http:\/\/127\.0\.0\.1:8080/)
  assert.match(err, /^SIGTERM: finishing what runs/)
})

test('a port that is taken is exit code 2, with what to do', async () => {
  const { code, err } = await polis('dev', { fail: new PolisError('PORT_IN_USE', 'Port 8080 is in use') })
  assert.equal(code, 2)
  assert.equal(err, '✗ Port 8080 is in use (PORT_IN_USE)\n  → Give another --port, or end the process that has it\n')
})

test('a role or port that is none is refused', async () => {
  assert.match(
    (await polis('serve --role boss')).err,
    /argument 'boss' is invalid\. Allowed choices are all, api, worker/,
  )
  assert.match((await polis('dev --port 70000')).err, /--port: expected a whole number from 0 to 65535/)
})

test('init writes a project, and overwrites nothing', async (context) => {
  const cwd = await mkdtemp(join(tmpdir(), 'polis-init-'))
  context.after(() => rm(cwd, { recursive: true }))
  await writeFile(join(cwd, 'README.md'), 'mine')
  const first = await polis('init --json', {}, { cwd })
  const { written, kept } = JSON.parse(first.out)
  assert.deepEqual(kept, ['README.md'])
  assert.equal(await readFile(join(cwd, 'README.md'), 'utf8'), 'mine')
  assert.ok(written.includes('agents/hello.ts'))
  assert.deepEqual(JSON.parse((await polis('init --json', {}, { cwd })).out).written, [])
  assert.deepEqual((await readdir(cwd)).sort(), [
    '.gitignore',
    'README.md',
    'agents',
    'evals',
    'package.json',
    'polis.config.ts',
    'prompts',
    'script.ts',
    'tests',
    'tsconfig.json',
  ])
  assert.equal(JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8')).dependencies.agentpolis, '^1.2.3')
})

test('init where nothing can be written says so', async () => {
  const { code, err } = await polis('init /dev/null/project')
  assert.equal(code, 2)
  assert.match(err, /DIR: expected a folder that can be written/)
})

const QUESTION = {
  ...{
    run: RUN,
    agent: 'report',
    id: 'approve',
    question: 'Go on?',
    schema: { type: 'boolean' },
    askedAt: NOW - 60_000,
  },
  ...{ assignee: 'finance', deadline: NOW + 3_600_000, about: { pages: 3 } },
}

test('the inbox lists what waits for a human, for whom, and how long it may', async () => {
  const { out, err } = await polis('inbox --assignee finance', { questions: [QUESTION] })
  assert.match(out, /1 {2}Go on\? {4}\{"pages":3\} {2}finance {2}report {2}run_\w+ {2}approve {2,}1m {2,}1h/)
  assert.match(err, /polis inbox answer/)
  assert.match((await polis('inbox --assignee sales', { questions: [QUESTION] })).err, /Nothing waits/)
  const { items } = JSON.parse((await polis('inbox --json', { questions: [QUESTION] })).out)
  assert.equal(items[0].assignee, 'finance')
})

test('a question is answered by its run and id, once the answer fits', async () => {
  const state = { questions: [QUESTION] }
  const { out, calls } = await polis(['inbox', 'answer', RUN, 'approve', 'yes'], state)
  assert.equal(out, `${RUN}  answered approve\n`)
  assert.deepEqual(calls.find(({ name }) => name === 'answer')?.args, [RUN, 'approve', true])
  const wrong = await polis(['inbox', 'answer', RUN, 'approve', 'perhaps'], state)
  assert.equal(wrong.code, 2)
  assert.equal(
    wrong.calls.some(({ name }) => name === 'answer'),
    false,
  )
  assert.equal((await polis(['inbox', 'answer', RUN, 'other', 'yes'], state)).code, 3)
})

const SESSION = {
  session: 's1',
  agent: 'report',
  tags: { a: 'b' },
  state: {},
  version: 1,
  waiting: 0,
  createdAt: NOW,
  updatedAt: NOW,
}

test('a session is shown with what was said in it, renamed, tagged and removed', async () => {
  const messages = [{ role: 'user', run: RUN, time: NOW, text: 'Hello', by: 'ada' } as const]
  const state = { sessions: [SESSION], messages }
  const shown = await polis('sessions show s1', state)
  assert.match(shown.out, /tags {5}a=b/)
  assert.match(shown.out, /ada › Hello\n$/)
  assert.deepEqual(JSON.parse((await polis('sessions show s1 --json', state)).out).messages, messages)
  assert.deepEqual((await polis(['sessions', 'rename', 's1', 'My own'], state)).calls[1]?.args, [
    's1',
    { title: 'My own' },
  ])
  assert.deepEqual((await polis('sessions rename s1', state)).calls[1]?.args, ['s1', { title: null }])
  assert.deepEqual((await polis('sessions tag s1 c=d a=', state)).calls[1]?.args, ['s1', { tags: { c: 'd' } }])
  assert.equal((await polis('sessions tag s1 wrong', state)).code, 2)
  assert.deepEqual((await polis('sessions remove s1', state)).calls[1], { name: 'sessions.remove', args: ['s1'] })
})

test('a chat is refused with an agent that takes no messages, and with one of another session', async () => {
  const odd = { ...agentView('odd'), input: { type: 'number' } }
  const refused = await polis('chat odd', { agents: [odd] })
  assert.equal(refused.code, 2)
  assert.match(refused.err, /takes no messages.*z\.object\(\{ message/)
  const other = await polis('chat tutor --session s1', { agents: [agentView('tutor')], sessions: [SESSION] })
  assert.match(other.err, /is one of agent report/)
  assert.match((await polis('chat tutr', { agents: [agentView('tutor')] })).err, /Did you mean tutor/)
})
