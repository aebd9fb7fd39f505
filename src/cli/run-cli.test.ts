import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PolisError } from '../core/error.ts'
import { polis } from './fake/polis.ts'
import { agentView, runView } from './fake/view.ts'

test('--version prints the version alone', async () => {
  assert.deepEqual(await polis('--version'), { code: 0, out: '1.2.3\n', err: '', calls: [] })
})

test('help goes to standard output and is no failure', async () => {
  for (const args of ['--help', 'help', 'run --help', 'help runs']) {
    const { code, out, err } = await polis(args)
    assert.equal(code, 0, args)
    assert.match(out, /^Usage: polis/, args)
    assert.equal(err, '')
  }
})

test('no command at all is a mistake that shows the help', async () => {
  const { code, out, err } = await polis('')
  assert.equal(code, 2)
  assert.equal(out, '')
  assert.match(err, /^Usage: polis/)
})

test('an unknown command or option is a mistake, with the one that was meant', async () => {
  const cases = {
    agnets: "✗ unknown command 'agnets' (INVALID_ARGUMENT)\n  → Did you mean agents?\n",
    'runs lits': "✗ unknown command 'lits' (INVALID_ARGUMENT)\n  → Did you mean list?\n",
    'run a --folow': "✗ unknown option '--folow' (INVALID_ARGUMENT)\n  → Did you mean --follow?\n",
    'runs show': "✗ missing required argument 'run' (INVALID_ARGUMENT)\n  → See 'polis --help'\n",
    'agents extra':
      "✗ too many arguments for 'agents'. Expected 0 arguments but got 1: extra. (INVALID_ARGUMENT)\n  → See 'polis --help'\n",
  }
  for (const [args, expected] of Object.entries(cases)) {
    const { code, out, err } = await polis(args)
    assert.deepEqual({ code, out, err }, { code: 2, out: '', err: expected }, args)
  }
})

test('under --json an error is one line of JSON on standard error, and nothing else', async () => {
  const { code, out, err } = await polis('--json runs show run_nope')
  assert.equal(code, 3)
  assert.equal(out, '')
  const { error } = JSON.parse(err)
  assert.equal(error.code, 'NOT_FOUND')
  assert.equal(err.trimEnd().includes('\n'), false)
  assert.equal(typeof error.advice, 'string')
})

test('the exit code is that of the error table', async () => {
  const codes = { STORE_FULL: 6, UNAUTHENTICATED: 4, STORE_LOCKED: 5, INVALID_INPUT: 2, INTERNAL: 1 } as const
  for (const [code, exit] of Object.entries(codes)) {
    const fail = new PolisError(code as keyof typeof codes, 'no')
    assert.equal((await polis('run report', { agents: [agentView('report')], fail })).code, exit, code)
  }
})

test('an error of a run cannot act upon the terminal, shows no secret, and its stack only with POLIS_DEBUG', async () => {
  const fail = new PolisError('INTERNAL', 'bad \x1b]0;x\x07\nBearer abcdefghijkl', { cause: new Error('deep') })
  const state = { agents: [agentView('report')], fail }
  const { err } = await polis('run report', state)
  assert.equal(err.split('\n')[0], '✗ bad \\x1b]0;x\\x07\\nBearer [redacted] (INTERNAL)')
  assert.equal(err.split('\n').length, 3)
  assert.match((await polis('run report', state, { env: { POLIS_DEBUG: '1' } })).err, /Caused by: Error: deep\n {4}at/)
})

test('several faults of a project stand on a line each', async () => {
  const faults = ['models.a: expected x', 'models.b: expected y']
  const fail = new PolisError('INVALID_CONFIG', faults.join('\n'), { details: { faults } })
  const { err } = await polis('run report', { agents: [agentView('report')], fail })
  assert.match(err, /^✗ models\.a: expected x\n {2}models\.b: expected y \(INVALID_CONFIG\)\n/)
})

test('colours are on terminals only, and not under NO_COLOR', async () => {
  const coloured = '\x1b[31m✗\x1b[39m'
  assert.ok((await polis('nothing', {}, { tty: true })).err.startsWith(coloured))
  assert.ok(!(await polis('nothing', {}, { tty: true, env: { NO_COLOR: '1' } })).err.includes('\x1b'))
  assert.ok((await polis('nothing', {}, { env: { FORCE_COLOR: '1' } })).err.startsWith(coloured))
})

test('--url, --api-key and --dir are for every command, wherever they stand, and win over the environment', async () => {
  const env = { POLIS_URL: 'http://env:1', POLIS_API_KEY: 'from-env' }
  const connect = async (args: string, environment = {}) =>
    (await polis(args, {}, { env: environment })).calls[0]?.args[0]
  const base = { url: undefined, apiKey: undefined, dir: '/project', purpose: 'agents' }
  assert.deepEqual(await connect('agents'), base)
  assert.deepEqual(await connect('agents', env), { ...base, url: 'http://env:1', apiKey: 'from-env' })
  assert.deepEqual(await connect('--url http://a:2 agents --api-key k --dir sub', env), {
    url: 'http://a:2',
    apiKey: 'k',
    dir: '/project/sub',
    purpose: 'agents',
  })
})

test('a URL that is none is refused by the name of its option', async () => {
  assert.match(
    (await polis('agents --url localhost:80')).err,
    /--url: expected a URL such as http:\/\/127.0.0.1:8080, got 'localhost:80'/,
  )
  assert.match((await polis('agents', {}, { env: { POLIS_URL: 'x' } })).err, /POLIS_URL: expected/)
})

test('a connection is closed, whatever happens', async () => {
  const { calls } = await polis('runs show run_nope', { runs: [runView()] })
  assert.deepEqual(
    calls.map(({ name }) => name),
    ['connect', 'get', 'close'],
  )
})
