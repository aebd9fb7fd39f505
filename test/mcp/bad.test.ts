import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { McpServerConfig } from '../../src/protocol/mcp/config.ts'
import { failsWith, fixture, ROOT, startServers, textOf, variable } from './support.ts'

const odd = (kind: string) => fixture('odd-server.ts', kind)
const failures: readonly (readonly [string, McpServerConfig, string, RegExp])[] = [
  [
    'whose command is missing',
    { command: 'no-such-program' },
    'TOOL_UNAVAILABLE',
    /'no-such-program' was not found.*PATH/,
  ],
  ['whose command is a folder', { command: ROOT }, 'TOOL_UNAVAILABLE', /may not be executed \(EACCES\)/],
  [
    'whose folder is missing',
    { ...odd('fine'), cwd: 'no/such/folder' },
    'TOOL_UNAVAILABLE',
    /no\/such\/folder does not exist/,
  ],
  ['that ends at once', odd('crash'), 'TOOL_UNAVAILABLE', /exited with code 7.*cannot read my configuration/],
  ['that closes its output', odd('mute'), 'TOOL_UNAVAILABLE', /closed its standard output/],
  [
    'that prints garbage',
    { ...odd('garbage'), timeout: '1s' },
    'TIMEOUT',
    /within 1s; .*not MCP: Welcome to my server!/,
  ],
  [
    'that never answers',
    { ...odd('silent'), timeout: '1s' },
    'TIMEOUT',
    /'bad' did not answer within 1s.*servers\.bad\.timeout/,
  ],
  ['whose result is not one', odd('wrong'), 'TOOL_FAILED', /not a tool result/],
  ['that refuses the arguments', odd('refuse'), 'INVALID_ARGUMENT', /refused its arguments: odd must be even/],
  ['that says more than anyone reads', odd('verbose'), 'TOOL_FAILED', /^.{0,80}m{500,2000}….{0,80}$/],
  ['that is broken inside', odd('broken'), 'TOOL_FAILED', /internal trouble/],
  [
    'with a missing variable',
    { ...odd('fine'), env: { A: variable('NOT_SET') } },
    'INVALID_CONFIG',
    /servers\.bad\.env\.A: .*NOT_SET/,
  ],
  [
    'with a missing file',
    { ...odd('fine'), env: { A: { file: 'no.txt' } } },
    'INVALID_CONFIG',
    /servers\.bad\.env\.A\.file: .*no\.txt, got ENOENT/,
  ],
  [
    'that nothing listens for',
    { url: 'http://127.0.0.1:1/mcp' },
    'TOOL_UNAVAILABLE',
    /'bad' could not be connected to/,
  ],
]

for (const [what, config, code, message] of failures) {
  test(`A server ${what} fails the call with ${code}, and the check with the same words`, async () => {
    await using servers = startServers({ bad: config })
    await assert.rejects(textOf(servers, 'bad', 'odd'), failsWith(code, message))
    if (code === 'TOOL_FAILED' || code === 'INVALID_ARGUMENT') return
    const check = await servers.check('bad', AbortSignal.timeout(20_000))
    assert.equal(check.ok, false)
    assert.match(check.detail, message)
  })
}

test('Arguments that are no object, or cannot be sent, are refused before they are', async () => {
  await using servers = startServers({ own: fixture('stdio-server.ts') })
  const cycle: { self?: unknown } = {}
  cycle.self = cycle
  for (const [args, message] of [
    [null, /expected the arguments of tool 'echo'.*got null/i],
    [['text'], /got a list/],
    ['text', /got a string/],
    [{ text: 1n }, /\$\.text is a bigint/],
    [cycle, /refers back/],
    [{ text: Number.NaN }, /NaN/],
  ] as const)
    await assert.rejects(textOf(servers, 'own', 'echo', args), failsWith('INVALID_ARGUMENT', message, { sent: false }))
})

test('A mistyped tool is answered with the nearest one and the list', async () => {
  await using servers = startServers({ own: fixture('stdio-server.ts') })
  await assert.rejects(
    textOf(servers, 'own', 'ecko'),
    failsWith('INVALID_ARGUMENT', /has no tool 'ecko': it has echo, .*Did you mean 'echo'\?/),
  )
})

test('A tool that throws says so', async () => {
  await using servers = startServers({ own: fixture('stdio-server.ts') })
  await assert.rejects(textOf(servers, 'own', 'throw'), failsWith('TOOL_FAILED', /thrown within the tool/))
})

test('Garbage in the middle of a call does not harm the next one', async () => {
  await using servers = startServers({ own: fixture('stdio-server.ts') })
  await textOf(servers, 'own', 'echo', { text: '' })
  const babble = servers.call('own', 'babble', {}, { signal: new AbortController().signal, timeout: 300 })
  await assert.rejects(babble, failsWith('TIMEOUT', /what is not MCP: this is \{ not JSON/))
  assert.equal(await textOf(servers, 'own', 'echo', { text: 'fine' }), 'fine')
})

test('A call that is cancelled before it begins reaches no server', async () => {
  await using servers = startServers({ own: fixture('stdio-server.ts') })
  await assert.rejects(
    textOf(servers, 'own', 'echo', { text: '' }, AbortSignal.abort()),
    failsWith('CANCELLED', /./, { sent: false }),
  )
})
