import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { systemClock } from '../../core/clock.ts'
import { limitedFetch } from './limited-fetch.ts'

async function answer(type: string, body: string, limit: number): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(200, { 'content-type': type }).end(body))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    return await (await limitedFetch(limit, systemClock())(`http://127.0.0.1:${port}/`)).text()
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

test('A plain response is limited as a whole', async () => {
  assert.equal(await answer('application/json', '[1,\n2]', 6), '[1,\n2]')
  await assert.rejects(answer('application/json', '[1,\n23]', 6), RangeError)
})

test('An event stream is limited by the line, however long it is as a whole', async () => {
  const stream = 'data: 12\n\n'.repeat(10_000)
  assert.equal((await answer('text/event-stream; charset=utf-8', stream, 30_000)).length, stream.length)
  await assert.rejects(answer('text/event-stream', `data: ${'x'.repeat(300_000)}\n\n`, 100_000), RangeError)
})

test('An event stream that floods is ended', async () => {
  await assert.rejects(answer('text/event-stream', ': \n\n'.repeat(100_000), 1000), /floods/)
})
