import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { runPolis, startPolis } from '../lifecycle/polis.ts'
import { writeAgents } from '../lifecycle/project.ts'
import { MAIN, talk } from './spawn.ts'

const AGENTS = {
  double: `console.log('printed'); return (await context.step('double', () => input.n * 2))`,
  broken: `await context.step('break', () => { throw new Error('no luck') })`,
  asker: `
    await context.step('prepare', () => 'ready')
    const yes = await context.ask('Go on?', { '~standard': {
      version: 1, vendor: 'test', validate: (value: any) => ({ value }),
      jsonSchema: { input: () => ({ type: 'boolean' }), output: () => ({ type: 'boolean' }) },
    } } as any, { name: 'go' })
    return yes ? 'went on' : 'stopped'`,
}
const ENV = { POLIS_PROMETHEUS_PORT: '0', NO_COLOR: '1' }

test('an agent runs without a server, and only its output is on standard output', async () => {
  await using project = await writeAgents(AGENTS)
  const { code, stdout, stderr } = await runPolis(project.dir, ['run', 'double', '--input', '{"n":21}'])
  assert.deepEqual({ code, stdout }, { code: 0, stdout: '42\n' })
  assert.equal(stderr, 'printed\n')
})

test('a folder that is no project is refused, and left as it is', () => {
  const dir = mkdtempSync(join(tmpdir(), 'polis-nothing-'))
  try {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, '--dir', dir, 'inbox'], { encoding: 'utf8' })
    assert.equal(status, 3)
    assert.match(stderr, /is no project: expected a folder with agents\/.*Give --dir, or --url/)
    assert.equal(existsSync(join(dir, '.polis')), false)
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('a run that fails is exit code 1, and is found again by other commands', async () => {
  await using project = await writeAgents(AGENTS)
  const failed = await runPolis(project.dir, ['run', 'broken', '--json'])
  assert.equal(failed.code, 1)
  const { run, status } = JSON.parse(failed.stdout)
  assert.equal(status, 'failed')
  const shown = await runPolis(project.dir, ['runs', 'show', run])
  assert.equal(shown.code, 0)
  assert.match(shown.stdout, /✗ break {2}.*no luck/)
  const listed = await runPolis(project.dir, ['runs', 'list', '--status', 'failed', '--json'])
  assert.deepEqual(
    JSON.parse(listed.stdout).items.map((item: { run: string }) => item.run),
    [run],
  )
})

test('an interrupted run is exit code 130, and completes beside a server that goes on with it', async () => {
  await using project = await writeAgents(AGENTS)
  await using running = talk(process.execPath, [MAIN, '--dir', project.dir, 'run', 'asker', '--follow'], ENV)
  await running.said(/answer: polis runs answer/)
  running.signal('SIGINT')
  const { code, stdout, stderr } = await running.ended
  assert.equal(code, 130)
  assert.match(stderr, /is not lost/)
  const [run = ''] = /run_\w+/.exec(stdout) ?? []
  const answered = await runPolis(project.dir, ['runs', 'answer', run, 'yes'])
  assert.deepEqual({ code: answered.code, stdout: answered.stdout }, { code: 0, stdout: `${run}  answered go\n` })
  await using polis = await startPolis(project.dir)
  const followed = await runPolis(project.dir, ['runs', 'show', run, '--follow', '--url', polis.url])
  assert.equal(followed.code, 0, followed.stderr)
  assert.ok(followed.stdout.endsWith('went on\n'), followed.stdout)
})

test('commands on the store of a running server see its runs', async () => {
  await using project = await writeAgents(AGENTS)
  await using polis = await startPolis(project.dir)
  const started = await runPolis(project.dir, [
    'run',
    'double',
    '--input',
    '{"n":1}',
    '--wait',
    '--json',
    '--url',
    polis.url,
  ])
  assert.equal(started.code, 0, started.stderr)
  const { run } = JSON.parse(started.stdout)
  const shown = await runPolis(project.dir, ['runs', 'show', run, '--json'])
  assert.equal(JSON.parse(shown.stdout).output, 2)
})

test('a reader that has had enough is no error', async () => {
  await using project = await writeAgents(AGENTS)
  const command = `"${process.execPath}" "${MAIN}" --dir "${project.dir}" help | head -n 1; echo "\${PIPESTATUS[0]}"`
  const { stdout, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' })
  assert.deepEqual({ stdout, stderr }, { stdout: 'Usage: polis [options] [command]\n0\n', stderr: '' })
})

test('doctor finds nothing to fail in a good project', async () => {
  await using project = await writeAgents(AGENTS)
  const { code, stdout } = await runPolis(project.dir, ['doctor', '--json'], { POLIS_SERVER_PORT: '0' })
  const { failures, checks } = JSON.parse(stdout)
  assert.deepEqual({ code, failures }, { code: 0, failures: 0 }, JSON.stringify(checks))
})

const noScript = !existsSync('/usr/bin/script') && 'there is no script(1) to make a terminal with'

test('on a terminal a question is answered below the tree, and the cursor shows again', {
  skip: noScript,
}, async () => {
  await using project = await writeAgents(AGENTS)
  const command = `'${process.execPath}' '${MAIN}' --dir '${project.dir}' run asker --follow`
  await using terminal = talk('/usr/bin/script', ['-qec', command, '/dev/null'], { ...ENV, TERM: 'xterm' })
  await terminal.said(/Go on\? \[y\/n\] › /)
  terminal.type('y\n')
  const { code, stdout } = await terminal.ended
  assert.equal(code, 0, stdout)
  assert.ok(stdout.lastIndexOf('\x1b[?25h') > stdout.lastIndexOf('\x1b[?25l'))
  const text = stripVTControlCharacters(stdout).replaceAll('\r', '')
  assert.match(
    text,
    /✓ asker {2}run_\w+ {2}completed .*\n├─ ✓ prepare {2}\S+\n└─ ✓ go {2}.*Go on\? → true \(local\)\nwent on\n$/,
  )
})

test('an interrupted tree shows the cursor again', { skip: noScript }, async () => {
  await using project = await writeAgents(AGENTS)
  const command = `'${process.execPath}' '${MAIN}' --dir '${project.dir}' run asker --follow`
  await using terminal = talk('/usr/bin/script', ['-qec', command, '/dev/null'], { ...ENV, TERM: 'xterm' })
  await terminal.said(/Go on\? \[y\/n\] › /)
  terminal.type('\x03')
  const { code, stdout } = await terminal.ended
  assert.equal(code, 130, stdout)
  assert.ok(stdout.lastIndexOf('\x1b[?25h') > stdout.lastIndexOf('\x1b[?25l'))
})

const old = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => existsSync(path) && majorOf(path) < 26)

test('an old Node is refused in one sentence', {
  skip: old === undefined && 'there is no older Node here',
}, (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'polis-old-'))
  context.after(() => rmSync(folder, { recursive: true }))
  const main = join(folder, 'main.mjs')
  writeFileSync(main, stripTypeScriptTypes(readFileSync(MAIN, 'utf8')))
  const { status, stdout, stderr } = spawnSync(old ?? '', [main], { encoding: 'utf8' })
  assert.deepEqual({ status, stdout }, { status: 2, stdout: '' })
  assert.match(
    stderr,
    /^polis needs Node 26 or newer, and this is Node [\d.]+: install it from https:\/\/nodejs\.org\n$/,
  )
})

function majorOf(path: string): number {
  return Number(/^v(\d+)/.exec(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout)?.[1])
}
