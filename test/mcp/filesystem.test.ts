import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { failsWith, ROOT, startServers, type TestServers, textOf } from './support.ts'

const SERVER = join(ROOT, 'node_modules/@modelcontextprotocol/server-filesystem/dist/index.js')
let folder: string
let servers: TestServers

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'polis-mcp-'))
  await writeFile(join(folder, 'notes.txt'), 'naïve café — 東京 🗼\n')
  servers = startServers({
    files: { command: process.execPath, args: [SERVER, folder], effects: { write_file: 'idempotent' } },
  })
})
after(async () => {
  await servers.close()
  await rm(folder, { recursive: true })
})

test('The official filesystem server is spoken to in the older era and lists its tools', async () => {
  const check = await servers.check('files', AbortSignal.timeout(20_000))
  assert.equal(check.ok, true)
  assert.equal(check.protocol, '2025-11-25')
  assert.match(check.detail, /^secure-filesystem-server [\d.]+$/)
  assert.equal(check.tools, 14)
  const tools = await servers.tools('files')
  assert.equal(tools.length, check.tools)
  const read = tools.find(({ name }) => name === 'read_text_file')
  assert.equal(read?.effect, 'read')
  assert.match(read?.description ?? '', /Read the complete contents/)
  assert.match(JSON.stringify(read?.inputSchema), /"type":"object"/)
})

test('A real file is read, whatever its characters', async () => {
  const text = await textOf(servers, 'files', 'read_text_file', { path: join(folder, 'notes.txt') })
  assert.equal(text, 'naïve café — 東京 🗼\n')
})

test('A file is written, and the project decides the effect of the tool that does it', async () => {
  assert.equal(await servers.effect('files', 'write_file'), 'idempotent')
  assert.equal(await servers.effect('files', 'move_file'), 'once')
  const path = join(folder, 'new.txt')
  await textOf(servers, 'files', 'write_file', { path, content: 'fresh' })
  assert.equal(await textOf(servers, 'files', 'read_text_file', { path }), 'fresh')
})

test('Twenty calls at once share one process and each gets its own answer', async () => {
  const paths = Array.from({ length: 20 }, (_, index) => join(folder, `many-${index}.txt`))
  await Promise.all(paths.map((path, index) => writeFile(path, `file ${index}`)))
  const texts = await Promise.all(paths.map((path) => textOf(servers, 'files', 'read_text_file', { path })))
  assert.deepEqual(
    texts,
    paths.map((_, index) => `file ${index}`),
  )
})

test("A path outside of the server's folders fails with the server's own words", async () => {
  await assert.rejects(
    textOf(servers, 'files', 'read_text_file', { path: '/etc/passwd' }),
    failsWith('TOOL_FAILED', /files.*Access denied/, { sent: true }),
  )
})

test('Arguments of the wrong type fail with the reason of the server', async () => {
  await assert.rejects(
    textOf(servers, 'files', 'read_text_file', { path: 42 }),
    failsWith('TOOL_FAILED', /expected string/i),
  )
})
