import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createApiKey } from '../../core/api-key.ts'
import { manualClock } from '../../core/manual-clock.ts'
import { type AuthSettings, createAuthenticator } from './create-authenticator.ts'

const NONE: AuthSettings = {
  'auth.mode': 'required',
  'auth.api_keys_file': undefined,
  'auth.jwt_issuer': undefined,
  'auth.jwt_audience': undefined,
  'auth.jwt_jwks_url': undefined,
  'auth.jwt_jwks_file': undefined,
  'auth.jwt_tenant_claim': 'tenant',
  'server.host': '127.0.0.1',
  'server.cors_origins': [],
}

describe('the authenticator of the settings', () => {
  const { key, record } = createApiKey({ id: 'a', tenant: 'acme', scopes: ['admin'], secret: new Uint8Array(32) })
  let root: string
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'polis-auth-'))
    await writeFile(join(root, 'keys'), JSON.stringify([record]))
    await writeFile(join(root, 'jwks'), '{"keys":[]}')
  })
  after(() => rm(root, { recursive: true }))
  const create = (settings: Partial<AuthSettings>, dev = false) =>
    createAuthenticator({ settings: { ...NONE, ...settings }, root, clock: manualClock(), dev })

  it('is none by mistake: nobody to let in is an error', async () => {
    await assert.rejects(create({}), { code: 'INVALID_CONFIG', message: /auth\.api_keys_file/ })
  })

  it('is open in dev on loopback alone', async () => {
    assert.equal((await create({ 'auth.mode': 'open' }, true)).name, 'open')
    await assert.rejects(create({ 'auth.mode': 'open' }), { code: 'INVALID_CONFIG', message: /polis dev/ })
    await assert.rejects(create({ 'auth.mode': 'open', 'server.host': '0.0.0.0' }, true), { code: 'INVALID_CONFIG' })
  })

  it('names the setting that is missing for tokens', async () => {
    await assert.rejects(create({ 'auth.jwt_issuer': 'https://id.example' }), {
      code: 'INVALID_CONFIG',
      message: /auth\.jwt_audience/,
    })
    await assert.rejects(create({ 'auth.jwt_jwks_file': 'nowhere' }), {
      code: 'INVALID_CONFIG',
      message: /auth\.jwt_jwks_file nowhere/,
    })
  })

  it('takes keys and tokens side by side', async () => {
    const both = await create({
      ...{ 'auth.api_keys_file': 'keys', 'auth.jwt_issuer': 'https://id.example' },
      ...{ 'auth.jwt_audience': 'agentpolis', 'auth.jwt_jwks_file': 'jwks' },
    })
    assert.equal(both.name, 'api-keys, jwt')
    assert.equal((await both.authenticate({ headers: { authorization: `Bearer ${key}` } })).id, 'key:a')
    await assert.rejects(both.authenticate({ headers: { authorization: 'Bearer abc' } }), {
      code: 'UNAUTHENTICATED',
      message: /Web Token/,
    })
  })
})
