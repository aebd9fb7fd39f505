import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PolisError } from '../../src/core/error.ts'
import type { Authenticator, Principal } from '../../src/server/auth/authenticator.ts'
import { as, createRest, JSON_TYPE, startRest, submit } from './harness.ts'

describe('authentication', () => {
  test('a route that does not say whether it needs credentials is refused at start', async () => {
    const { app } = await createRest({ authenticator: as({}) })
    assert.throws(() => app.get('/debug', async () => 'secret'), {
      code: 'INVALID_CONFIG',
      message: /GET \/debug.*config\.auth/,
    })
    app.get('/probe', { config: { auth: 'public' } }, async () => 'ok')
    assert.equal((await app.inject('/probe')).statusCode, 200)
    await app.close()
  })

  test('whatever an authenticator does that is not a principal ends the request', async () => {
    const odd: readonly (() => unknown)[] = [
      () => undefined,
      () => null,
      () => ({}),
      () => ({ id: 'x', tenant: '', scopes: ['admin'] }),
      () => ({ id: 'x', tenant: 'a', scopes: 'admin' }),
      () => {
        throw new Error('boom')
      },
      () => Promise.reject(undefined),
    ]
    for (const authenticate of odd) {
      await using rest = await startRest({
        authenticator: { name: 'odd', authenticate: async () => authenticate() as Principal },
      })
      const response = await submit(rest, { agent: 'echo' })
      assert.equal(response.status, 500)
      assert.deepEqual(rest.service.calls, [])
    }
  })

  test('credentials that are refused get 401 with a challenge, before the body is read', async () => {
    const refuse: Authenticator = {
      name: 'no',
      authenticate: async () => Promise.reject(new PolisError('UNAUTHENTICATED', 'no')),
    }
    await using rest = await startRest({ authenticator: refuse })
    const response = await fetch(`${rest.api}/runs`, { method: 'POST', headers: JSON_TYPE, body: '{bad' })
    assert.equal(response.status, 401)
    assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer/)
    assert.equal((await fetch(`${rest.api}/openapi.json`)).status, 200, 'the description is public')
    assert.equal((await fetch(`${rest.api}/nothing`)).status, 404)
  })

  test('each operation asks for its scope', async () => {
    const cases: readonly (readonly [Principal['scopes'], string, string, number])[] = [
      [['runs:read'], 'GET', '/runs', 200],
      [['runs:read'], 'POST', '/runs', 403],
      [['runs:write'], 'GET', '/runs', 403],
      [['runs:write'], 'POST', '/runs', 202],
      [['runs:read', 'runs:write'], 'GET', '/workers', 403],
      [['runs:read', 'runs:write', 'releases:read'], 'GET', '/workers', 403],
      [['admin'], 'GET', '/workers', 200],
      [['runs:read', 'runs:write'], 'GET', '/releases', 403],
      [['releases:read'], 'GET', '/releases', 200],
      [['releases:read'], 'GET', '/runs', 403],
      [['releases:read'], 'POST', '/runs', 403],
      [['admin'], 'GET', '/releases', 200],
      [['admin'], 'POST', '/runs', 202],
      [[], 'GET', '/agents', 403],
    ]
    for (const [scopes, method, path, status] of cases) {
      await using rest = await startRest({ authenticator: as({ scopes }) })
      const init = method === 'POST' ? { method, headers: JSON_TYPE, body: '{"agent":"echo"}' } : { method }
      assert.equal((await fetch(rest.api + path, init)).status, status, `${scopes} ${method} ${path}`)
    }
  })

  test("another tenant's run does not exist, and its name is not told", async () => {
    await using acme = await startRest({ authenticator: as({ tenant: 'acme' }) })
    await using other = await startRest({ authenticator: as({ tenant: 'other' }), service: acme.service })
    const { run } = (await (await submit(acme, { agent: 'slow' })).json()) as { run: string }
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/cancel'],
      ['GET', '/events'],
      ['GET', '/entries'],
    ]) {
      assert.equal(
        (await fetch(`${other.api}/runs/${run}${path}`, { method: String(method) })).status,
        404,
        `${method} ${path}`,
      )
    }
    assert.deepEqual(await (await fetch(`${other.api}/runs`)).json(), { items: [] })
    const asked = await fetch(`${other.api}/runs`, { headers: { 'polis-tenant': 'acme' } })
    assert.equal(asked.status, 403)
  })

  test('a stream ends with the credentials', async () => {
    await using rest = await startRest({ authenticator: as({ expiresAt: Date.now() + 50 }) })
    const { run } = (await (await submit(rest, { agent: 'slow' })).json()) as { run: string }
    const text = await (await fetch(`${rest.api}/runs/${run}/events`)).text()
    assert.match(text, /event: run-submitted/)
    assert.doesNotMatch(text, /event: end/)
  })
})
