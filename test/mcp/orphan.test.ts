import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { endsSoon, fixture, isAlive, ROOT, startServers } from './support.ts'

const skip = process.platform !== 'linux' && 'orphans are found through /proc'

test('A server that outlives a killed owner is ended by the next one that starts', { skip }, async () => {
  const owner = spawn(process.execPath, [join(ROOT, 'test/mcp/fixture/owner.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [chunk] = (await once(owner.stdout, 'data', { signal: AbortSignal.timeout(20_000) })) as [Buffer]
  const pid = Number(chunk.toString())
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  assert.equal(isAlive(pid), true)
  await using _next = startServers({ own: fixture('stdio-server.ts') })
  assert.equal(await endsSoon(pid), true)
})
