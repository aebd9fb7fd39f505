import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ToolProgress } from '../../src/core/tool.ts'
import { failsWith, fixture, isAlive, resultOf, startServers, textOf, variable } from './support.ts'

const signal = new AbortController().signal

for (const [era, args] of [
  ['2026-07-28', []],
  ['2026-07-28', ['--modern']],
] as const) {
  test(`A server of our own ${args.length === 0 ? 'for both eras' : 'for the newer era alone'} is spoken to in ${era}`, async () => {
    await using servers = startServers({ own: fixture('stdio-server.ts', ...args) })
    const { ok, protocol, detail } = await servers.check('own', AbortSignal.timeout(20_000))
    assert.deepEqual({ ok, protocol }, { ok: true, protocol: era })
    assert.equal(detail, 'fixture 1.2.3')
  })
}

test('Results come with their text, content and structure', async () => {
  await using servers = startServers({ own: fixture('stdio-server.ts') })
  const result = await servers.call('own', 'sum', { a: 1, b: 2 }, { signal })
  assert.deepEqual(result, { content: [{ type: 'text', text: '3' }], structured: { sum: 3 }, text: '3' })
  const odd = 'null \u0000, quote ", line\u2028, 𝄞, \ud83d\udc68\u200d\ud83d\ude80, עברית'
  assert.equal(await textOf(servers, 'own', 'echo', { text: odd }), odd)
})

test('A result of five million characters arrives whole', async () => {
  await using servers = startServers({ own: fixture('stdio-server.ts') })
  const text = await textOf(servers, 'own', 'repeat', { text: 'é', times: 5_000_000 })
  assert.equal(text.length, 5_000_000)
})

test('A result over the limit is refused, and the next call finds the server again', async () => {
  await using servers = startServers({ own: fixture('stdio-server.ts') })
  await assert.rejects(
    textOf(servers, 'own', 'repeat', { text: 'x', times: 34 * 2 ** 20 }),
    failsWith('TOO_LARGE', /'own' answered with a message over 32 MiB/),
  )
  assert.equal(await textOf(servers, 'own', 'echo', { text: 'back' }), 'back')
})

test('The idempotency key travels with the call, and progress comes back', async () => {
  await using servers = startServers({ own: fixture('stdio-server.ts') })
  const { text } = await resultOf(servers, 'own', 'meta', {}, { signal, key: 'run_1/write' })
  assert.equal(JSON.parse(text)['agentpolis/idempotency-key'], 'run_1/write')
  const progress: ToolProgress[] = []
  await servers.call('own', 'count', { to: 3 }, { signal, onProgress: (step) => progress.push(step) })
  assert.deepEqual(progress[0], { progress: 1, total: 3 })
})

test('Effects come from the annotations, else a tool may run only once', async () => {
  await using servers = startServers({ own: { ...fixture('stdio-server.ts'), effects: { pid: 'read' } } })
  const effects = Object.fromEntries((await servers.tools('own')).map(({ name, effect }) => [name, effect]))
  const { echo, meta, pid, fail } = effects
  assert.deepEqual({ echo, meta, pid, fail }, { echo: 'read', meta: 'idempotent', pid: 'read', fail: 'once' })
})

test('A tool that appears later can be called', async () => {
  await using servers = startServers({ own: fixture('stdio-server.ts') })
  const before = (await servers.tools('own')).length
  await textOf(servers, 'own', 'grow', { name: 'sprout' })
  assert.equal(await textOf(servers, 'own', 'sprout'), 'I am sprout')
  assert.equal((await servers.tools('own')).length, before + 1)
})

test('The child sees the variables that the project names and none of our secrets', async () => {
  const config = { ...fixture('stdio-server.ts'), env: { TOKEN: `Bearer ${variable('SECRET')}` }, cwd: 'test' }
  await using servers = startServers({ own: config }, { env: { SECRET: 's3cret', AWS_KEY: 'never' } })
  const environment = JSON.parse(await textOf(servers, 'own', 'environment'))
  assert.equal(environment.TOKEN, 'Bearer s3cret')
  assert.equal(environment.HOME, '/nowhere')
  assert.equal(environment.AWS_KEY, undefined)
  assert.equal(environment.SECRET, undefined)
  assert.match(await textOf(servers, 'own', 'folder'), /\/test$/)
})

test('Callers that come at once share one process, and the next after its death get a new one', async () => {
  await using servers = startServers({ own: fixture('stdio-server.ts') })
  const pids = new Set(await Promise.all(Array.from({ length: 8 }, () => textOf(servers, 'own', 'pid'))))
  assert.equal(pids.size, 1)
  const hung = assert.rejects(
    textOf(servers, 'own', 'hang'),
    failsWith('TOOL_UNAVAILABLE', /'own' was ended by SIGKILL/),
  )
  await textOf(servers, 'own', 'echo', { text: '' })
  process.kill(Number([...pids][0]), 'SIGKILL')
  await hung
  const next = await textOf(servers, 'own', 'pid')
  assert.ok(!pids.has(next))
})

test('A server that dies during a call says how, and what it wrote last', async () => {
  await using servers = startServers({ own: fixture('stdio-server.ts') })
  const pid = Number(await textOf(servers, 'own', 'pid'))
  const other = assert.rejects(textOf(servers, 'own', 'hang'), failsWith('TOOL_UNAVAILABLE', /exited with code 3/))
  await assert.rejects(textOf(servers, 'own', 'die'), (error) => {
    failsWith('TOOL_UNAVAILABLE', /'own' exited with code 3 during a call of its tool 'die'.*redo from start/, {
      sent: true,
    })(error)
    assert.equal((error as { retryable: boolean }).retryable, true)
    return true
  })
  await other
  assert.equal(isAlive(pid), false)
  assert.equal(await textOf(servers, 'own', 'echo', { text: 'again' }), 'again')
})

test('A server of the strict older kind, which exits when asked for the newer era, is started again and greeted', async () => {
  await using servers = startServers({ strict: fixture('odd-server.ts', 'strict') })
  assert.match(await textOf(servers, 'strict', 'odd'), /^strict \d+$/)
  assert.equal((await servers.check('strict', signal)).protocol, '2025-11-25')
})

test('Every call is counted and timed, however it ends, and made-up names become no labels', async () => {
  await using servers = startServers({ own: fixture('stdio-server.ts') })
  await textOf(servers, 'own', 'echo', { text: '' })
  const cancel = new AbortController()
  const cancelled = assert.rejects(
    textOf(servers, 'own', 'hang', {}, cancel.signal),
    failsWith('CANCELLED', /'hang'.*'own'/),
  )
  cancel.abort()
  await cancelled
  const limited = servers.call('own', 'hang', {}, { signal, timeout: 50 })
  await assert.rejects(limited, failsWith('TIMEOUT', /'hang' of MCP server 'own'.*within 50ms/, { sent: true }))
  await assert.rejects(textOf(servers, 'own', 'fail'), failsWith('TOOL_FAILED', /the disk is on fire/))
  await assert.rejects(textOf(servers, 'own', 'invented'), failsWith('INVALID_ARGUMENT', /no tool 'invented'/))
  await assert.rejects(textOf(servers, 'other', 'echo'), failsWith('UNKNOWN_SERVER', /'other'.*configured are own/))
  await assert.rejects(textOf(servers, 'own', 'die'), failsWith('TOOL_UNAVAILABLE', /./))
  const seen = servers.recorded.calls.map(({ server, tool, status }) => `${server} ${tool} ${status}`)
  assert.deepEqual(seen, [
    'own echo ok',
    'own hang cancelled',
    'own hang timeout',
    'own fail error',
    'own (unknown) error',
    '(unknown) (unknown) error',
    'own die unavailable',
  ])
  assert.equal(servers.recorded.durations.length, seen.length)
  assert.ok(servers.recorded.durations.every(({ seconds }) => seconds >= 0 && seconds < 20))
})

test('The gauges tell connections in use from idle ones', async () => {
  await using servers = startServers({ own: fixture('stdio-server.ts') })
  const pool = () => ['active', 'idle'].map((kind) => servers.recorded.gauges.get(`mcp_connection_pool_${kind}`))
  await textOf(servers, 'own', 'echo', { text: '' })
  assert.deepEqual(pool(), [0, 1])
  const call = textOf(servers, 'own', 'hang')
  const ended = assert.rejects(call, failsWith('TOOL_UNAVAILABLE', /closed for shutdown/))
  await textOf(servers, 'own', 'echo', { text: '' })
  assert.deepEqual(pool(), [1, 0])
  await servers.close()
  await ended
  assert.deepEqual(pool(), [0, 0])
})
