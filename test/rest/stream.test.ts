import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { eventually, startRest, submit } from './harness.ts'
import { rawRequest } from './raw-request.ts'

describe('streams', () => {
  test('resume after Last-Event-ID, which goes before ?after', async () => {
    await using rest = await startRest()
    const { run } = (await (await submit(rest, { agent: 'slow' })).json()) as { run: string }
    for (let n = 0; n < 5; n++) rest.service.append(run, 'event-emitted', { id: 'e', index: n, name: 'n', data: n })
    rest.service.complete(run, null)
    const ids = async (path: string, headers = {}) => {
      const text = await (await fetch(`${rest.api}/runs/${run}/events${path}`, { headers })).text()
      return { ids: [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id)), ended: /^event: end$/m.test(text) }
    }
    assert.deepEqual(await ids(''), { ids: [1, 2, 3, 4, 5, 6, 7], ended: true })
    assert.deepEqual(await ids('?after=4'), { ids: [5, 6, 7], ended: true })
    assert.deepEqual(await ids('?after=1', { 'last-event-id': '5' }), { ids: [6, 7], ended: true })
    assert.deepEqual(await ids('', { 'last-event-id': '7' }), { ids: [], ended: true })
    assert.deepEqual(await ids('', { 'last-event-id': '9007199254740991' }), { ids: [], ended: true })
  })

  test('a submit can answer with its stream', async () => {
    await using rest = await startRest()
    const response = await submit(rest, { agent: 'echo', input: 1 }, '', { accept: 'text/event-stream' })
    assert.equal(response.headers.get('content-type'), 'text/event-stream')
    assert.match(response.headers.get('location') ?? '', /^\/api\/v1\/runs\/run_/)
    assert.match(await response.text(), /event: run-submitted[\s\S]*event: run-completed[\s\S]*event: end/)
  })

  test("another tenant's transient events stay with it", async () => {
    await using rest = await startRest()
    const { run } = (await (await submit(rest, { agent: 'slow' })).json()) as { run: string }
    const response = await fetch(`${rest.api}/runs/${run}/events`)
    rest.transients.publish({ tenant: 'other', run, step: 'a', kind: 'delta', data: 'secret' })
    rest.transients.publish({ tenant: 'default', run, step: 'a', kind: 'delta', data: 'mine' })
    rest.service.complete(run, null)
    const text = await response.text()
    assert.match(text, /mine/)
    assert.doesNotMatch(text, /secret/)
  })

  test('a client that reads nothing is dropped, and the server holds little for it', async () => {
    await using rest = await startRest({ stream: { heartbeat: 60_000, stall: 300 } })
    const { run } = (await (await submit(rest, { agent: 'slow' })).json()) as { run: string }
    for (let n = 0; n < 400; n++)
      rest.service.append(run, 'event-emitted', { id: 'e', index: n, name: 'n', data: 'x'.repeat(50_000) })
    const socket = connect(rest.listener.port, '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.pause()
    socket.write(rawRequest(`GET /api/v1/runs/${run}/events HTTP/1.1`))
    await eventually(() => rest.service.followers() === 1)
    await eventually(() => rest.service.followers() === 0)
    socket.destroy()
  })

  test('closing the server ends streams and waits at once', async () => {
    const rest = await startRest()
    const { run } = (await (await submit(rest, { agent: 'slow' })).json()) as { run: string }
    const stream = await fetch(`${rest.api}/runs/${run}/events`)
    const wait = fetch(`${rest.api}/runs/${run}?wait=1m`)
    await eventually(() => rest.service.followers() === 1 && rest.service.calls.includes(`wait ${run}`))
    const started = Date.now()
    await rest[Symbol.asyncDispose]()
    assert.ok(Date.now() - started < 5000)
    assert.doesNotMatch(await stream.text(), /event: end/)
    assert.equal((await wait).status, 200)
  })
})
