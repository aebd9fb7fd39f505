import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { problem } from '../../src/core/route/resource-schema.ts'
import type { Principal } from '../../src/server/auth/authenticator.ts'
import { as, startRest, submit } from './harness.ts'
import { rawRequest, sendRaw } from './raw-request.ts'

describe('limits', () => {
  test('requests over the rate of a principal get 429, when to come back, and what is left', async () => {
    let principal: Partial<Principal> = { id: 'a' }
    await using rest = await startRest({
      settings: { 'server.rate_limit': 1 },
      authenticator: { name: 'fake', authenticate: () => as(principal).authenticate({ headers: {} }) },
    })
    const statuses: number[] = []
    for (let n = 0; n < 11; n++) statuses.push((await fetch(`${rest.api}/agents`)).status)
    assert.deepEqual(statuses, [...Array(10).fill(200), 429])
    const refused = await fetch(`${rest.api}/agents`)
    assert.equal(problem.parse(await refused.json()).code, 'RATE_LIMITED')
    assert.ok(Number(refused.headers.get('retry-after')) >= 1)
    assert.equal(refused.headers.get('ratelimit-limit'), '10')
    assert.equal(refused.headers.get('ratelimit-remaining'), '0')
    principal = { id: 'b' }
    assert.equal((await fetch(`${rest.api}/agents`)).status, 200, 'another principal has a rate of its own')
  })

  test('requests over the concurrency get 503, and streams are counted apart', async () => {
    await using rest = await startRest({ settings: { 'server.max_concurrent_requests': 1 } })
    const { run } = (await (await submit(rest, { agent: 'slow' })).json()) as { run: string }
    const streams = await Promise.all([1, 2, 3].map(() => fetch(`${rest.api}/runs/${run}/events`)))
    assert.deepEqual(streams.map(({ status }) => status).sort(), [200, 200, 200].sort())
    assert.equal((await fetch(`${rest.api}/agents`)).status, 200)
    for (const { body } of streams) await body?.cancel()
  })

  test('cross-origin requests are refused unless the settings name the origin', async () => {
    const preflight = { Origin: 'https://console.example', 'Access-Control-Request-Method': 'POST' }
    await using closed = await startRest({ authenticator: as({}) })
    const refused = await sendRaw(closed, rawRequest('OPTIONS /api/v1/runs HTTP/1.1', preflight))
    assert.equal(refused.headers.get('access-control-allow-origin'), null)
    await using open = await startRest({
      authenticator: as({}),
      settings: { 'server.cors_origins': ['https://console.example'] },
    })
    const allowed = await sendRaw(open, rawRequest('OPTIONS /api/v1/runs HTTP/1.1', preflight))
    assert.equal(allowed.status, 204)
    assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://console.example')
    const stranger = await fetch(`${open.api}/agents`, { headers: { origin: 'https://evil.example' } })
    assert.equal(stranger.headers.get('access-control-allow-origin'), null)
  })
})
