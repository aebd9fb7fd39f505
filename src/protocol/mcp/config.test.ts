import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PolisError } from '../../core/error.ts'
import { isStdio, parseMcpServers } from './config.ts'

test('Servers of both kinds are taken as they are', () => {
  const servers = {
    files: { command: 'npx', args: ['-y', 'server'], env: { A: 'b', C: { file: 'c.txt' } }, cwd: '.', timeout: '2m' },
    web: { url: 'https://example.org/mcp', headers: { authorization: 'x' }, timeout: 500, effects: { put: 'once' } },
  }
  assert.deepEqual(parseMcpServers(servers), servers)
  assert.deepEqual(Object.values(parseMcpServers(servers)).map(isStdio), [true, false])
})

const wrong: readonly (readonly [unknown, RegExp])[] = [
  [42, /^servers: expected an object of servers by name, got 42$/],
  [null, /^servers: expected an object/],
  [[], /^servers: expected an object.*got a list/],
  [{ files: 'npx server' }, /^servers\.files: expected \{ command, args \} or \{ url \}, got 'npx server'$/],
  [{ files: {} }, /^servers\.files: expected command .* or url .*got neither/],
  [
    { files: { command: 'a', url: 'http://b' } },
    /^servers\.files: expected either command or url, got both: remove one$/,
  ],
  [
    { files: { command: 7 } },
    /^servers\.files\.command: expected the program that starts the server, such as 'npx', got 7$/,
  ],
  [{ files: { command: '' } }, /^servers\.files\.command: expected the program .*, got ''$/],
  [
    { files: { command: 'a', args: '--flag' } },
    /^servers\.files\.args: expected a list such as \['--flag'\], got '--flag'$/,
  ],
  [{ files: { command: 'a', args: [1] } }, /^servers\.files\.args\.0: expected a text, got 1$/],
  [{ files: { command: 'a', env: { A: 1 } } }, /^servers\.files\.env\.A: expected a text \(with \$\{NAME\}.*got 1$/],
  [
    { files: { command: 'a', env: { A: { path: 'x' } } } },
    /^servers\.files\.env\.A: expected .*\{ file: 'path' \}, got an object$/,
  ],
  [{ files: { command: 'a', timout: 1 } }, /^servers\.files\.timout: unknown option: did you mean timeout\?$/],
  [{ files: { command: 'a', headers: {} } }, /^servers\.files\.headers: unknown option/],
  [
    { files: { command: 'a', timeout: 'soon' } },
    /^servers\.files\.timeout: expected a duration above zero .*, got 'soon'$/,
  ],
  [{ files: { command: 'a', timeout: 0 } }, /^servers\.files\.timeout: expected a duration above zero .*, got 0$/],
  [
    { files: { command: 'a', effects: { x: 'twice' } } },
    /^servers\.files\.effects\.x: expected 'read', 'idempotent' or 'once', got 'twice'$/,
  ],
  [
    { files: { command: 'a', tools: ['x'] } },
    /^servers\.files\.tools: expected \{ only, except, rename \}, got a list$/,
  ],
  [
    { files: { command: 'a', tools: { only: 'x' } } },
    /^servers\.files\.tools\.only: expected a list of tool names.*, got 'x'$/,
  ],
  [
    { files: { command: 'a', tools: { rename: { x: 'a b' } } } },
    /^servers\.files\.tools\.rename\.x: expected a tool name.*got 'a b'$/,
  ],
  [{ files: { command: 'a', roots: '.' } }, /^servers\.files\.roots: expected a list of folders.*, got '\.'$/],
  [
    { files: { command: 'a', memoryLimit: 0 } },
    /^servers\.files\.memoryLimit: expected a whole number of bytes.*got 0$/,
  ],
  [{ files: { command: 'a', connections: 2 } }, /^servers\.files\.connections: unknown option/],
  [{ web: { url: 'http://x', connections: 1.5 } }, /^servers\.web\.connections: expected a whole number.*got 1\.5$/],
  [{ web: { url: 'example.org' } }, /^servers\.web\.url: expected a URL that begins with http:\/\/ or https:\/\//],
  [{ web: { url: 'file:///etc/passwd' } }, /^servers\.web\.url: expected a URL/],
  [{ web: { url: 'https://me:secret@example.org' } }, /^servers\.web\.url: .*holds no user or password/],
  [{ web: { url: 'https://only-a-token@example.org' } }, /^servers\.web\.url: .*holds no user or password/],
  [{ 'a b': { command: 'a' } }, /^servers\.a b: expected the name to be a letter/],
]

for (const [value, message] of wrong)
  test(`A configuration such as ${JSON.stringify(value)} is refused with the option that is wrong`, () => {
    assert.throws(
      () => parseMcpServers(value),
      (error) => error instanceof PolisError && error.code === 'INVALID_CONFIG' && matches(error.message, message),
    )
  })

test('All that is wrong is told at once, and long texts are not shown', () => {
  const value = { a: { command: 1 }, b: { command: 'x', timeout: 'k'.repeat(50) } }
  assert.throws(
    () => parseMcpServers(value),
    (error) =>
      matches(
        (error as PolisError).message,
        /servers\.a\.command.*\nservers\.b\.timeout.*got a text of 50 characters$/,
      ),
  )
})

function matches(message: string, pattern: RegExp): boolean {
  assert.match(message, pattern)
  return true
}
