import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { resultOf, startServers } from './support.ts'

const SERVER = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-memory/dist/index.js'))
const signal = new AbortController().signal

test('The official memory server remembers across its own restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'polis-memory-'))
  const path = join(folder, 'memory.jsonl')
  const config = { command: process.execPath, args: [SERVER], env: { MEMORY_FILE_PATH: path } }
  const call = async (tool: string, args: object) => {
    await using servers = startServers({ memory: config })
    return await resultOf(servers, 'memory', tool, args, { signal })
  }
  try {
    const entity = { name: 'Polis', entityType: 'city', observations: ['is governed by its agents'] }
    await call('create_entities', { entities: [entity] })
    assert.match(await readFile(path, 'utf8'), /governed/)
    const found = await call('search_nodes', { query: 'governed' })
    assert.deepEqual((found.structured as { entities: unknown[] }).entities, [entity])
  } finally {
    await rm(folder, { recursive: true })
  }
})
