import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { createJwtAuthenticator, type JwtOptions } from './jwt.ts'

const NOW = Date.UTC(2026, 5, 1)
const { publicKey, privateKey } = await generateKeyPair('ES256')
const stranger = await generateKeyPair('ES256')
const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] })
const options: JwtOptions = {
  keys: { kind: 'jwks', text: jwks },
  issuer: 'https://id.example',
  audience: 'agentpolis',
  now: () => NOW,
}

describe('JSON Web Tokens', () => {
  it('say who it is, of which tenant, with which scopes, until when', async () => {
    const jwt = await createJwtAuthenticator(options)
    assert.deepEqual(await admit(jwt, await sign({ scope: 'openid runs:read runs:write' })), {
      ...{ id: 'jwt:ann', tenant: 'acme', scopes: ['runs:read', 'runs:write'], expiresAt: NOW + 60_000 },
    })
    assert.deepEqual((await admit(jwt, await sign({ scope: ['admin', 'root'] }))).scopes, ['admin'])
    assert.deepEqual((await admit(jwt, await sign({}))).scopes, [])
  })

  it('are refused when anything about them is wrong', async () => {
    const jwt = await createJwtAuthenticator(options)
    const bad: Readonly<Record<string, string>> = {
      expired: await sign({ exp: NOW / 1000 - 60 }),
      'not yet valid': await sign({ nbf: NOW / 1000 + 60 }),
      'of another issuer': await sign({ iss: 'https://evil.example' }),
      'for another audience': await sign({ aud: 'other' }),
      'without a subject': await sign({ sub: undefined }),
      'without an end': await sign({ exp: undefined }),
      'without a tenant': await sign({ tenant: undefined }),
      'with a tenant that is a path': await sign({ tenant: '../acme' }),
      'signed by a stranger': await sign({}, stranger.privateKey),
      unsigned: `${encode({ alg: 'none' })}.${encode(claims({}))}.`,
      'signed with the public key as a secret': await forge(),
      'no token': 'abc',
    }
    for (const [what, token] of Object.entries(bad)) {
      await assert.rejects(admit(jwt, token), { code: 'UNAUTHENTICATED' }, what)
    }
    await assert.rejects(jwt.authenticate({ headers: {} }), { code: 'UNAUTHENTICATED' })
  })

  it('can be of a public key or a shared secret, and never of an algorithm that does not go with it', async () => {
    const pem = await exportSPKI(publicKey)
    const one = await createJwtAuthenticator({ ...options, keys: { kind: 'public-key', pem, algorithm: 'ES256' } })
    assert.equal((await admit(one, await sign({}))).id, 'jwt:ann')
    const secret = new Uint8Array(32).fill(7)
    const two = await createJwtAuthenticator({ ...options, keys: { kind: 'secret', secret } })
    const token = await new SignJWT(claims({})).setProtectedHeader({ alg: 'HS256' }).sign(secret)
    assert.equal((await admit(two, token)).tenant, 'acme')
    const wrong: readonly Partial<JwtOptions>[] = [
      { algorithms: ['none'] },
      { algorithms: [] },
      { algorithms: ['ES256', 'HS256'] },
      { keys: { kind: 'secret', secret }, algorithms: ['RS256'] },
      { keys: { kind: 'secret', secret: new Uint8Array(8) } },
      { keys: { kind: 'jwks', text: '{"keys": 5}' } },
      { keys: { kind: 'jwks', text: 'nonsense' } },
      { keys: { kind: 'jwks-url', url: 'nowhere' } },
      { keys: { kind: 'public-key', pem: 'nonsense', algorithm: 'ES256' } },
    ]
    for (const it of wrong)
      await assert.rejects(createJwtAuthenticator({ ...options, ...it }), { code: 'INVALID_CONFIG' })
  })

  it('are refused while the key set cannot be fetched', async () => {
    const jwt = await createJwtAuthenticator({ ...options, keys: { kind: 'jwks-url', url: 'http://127.0.0.1:9/jwks' } })
    await assert.rejects(admit(jwt, await sign({})), { code: 'UNAUTHENTICATED', message: /cannot be fetched/ })
  })
})

function admit(jwt: Awaited<ReturnType<typeof createJwtAuthenticator>>, token: string) {
  return jwt.authenticate({ headers: { authorization: `Bearer ${token}` } })
}

function claims(changes: JWTPayload): JWTPayload {
  return { iss: 'https://id.example', aud: 'agentpolis', sub: 'ann', tenant: 'acme', exp: NOW / 1000 + 60, ...changes }
}

function sign(changes: JWTPayload, key = privateKey): Promise<string> {
  return new SignJWT(JSON.parse(JSON.stringify(claims(changes))))
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .sign(key)
}

async function forge(): Promise<string> {
  const secret = new TextEncoder().encode(await exportSPKI(publicKey))
  return new SignJWT(claims({})).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret)
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
