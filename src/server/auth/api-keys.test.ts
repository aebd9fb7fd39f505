import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createApiKey } from '../../core/api-key.ts'
import type { PolisError } from '../../core/error.ts'
import { manualClock } from '../../core/manual-clock.ts'
import { parseApiKeys } from './api-key-file.ts'
import { createApiKeyAuthenticator } from './api-keys.ts'

const blue = createApiKey({ id: 'blue', tenant: 'acme', scopes: ['runs:read'], secret: new Uint8Array(32).fill(1) })
const red = createApiKey({ id: 'red', tenant: 'other', scopes: ['admin'], secret: new Uint8Array(32).fill(2) })

describe('API keys', () => {
  let folder: string
  let file: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polis-keys-'))
    file = join(folder, 'keys')
  })
  after(() => rm(folder, { recursive: true }))

  it('begin with the prefix by which they are recognised, and only their hash is kept', () => {
    assert.match(blue.key, /^polis_[\w-]{43}$/)
    assert.ok(!JSON.stringify(blue.record).includes(blue.key.slice(6)))
  })

  it('are accepted as bearer or in a header of their own', async () => {
    await writeFile(file, `# keys\n\n${JSON.stringify(blue.record)}\n${JSON.stringify(red.record)}\n`)
    const keys = await createApiKeyAuthenticator({ file, clock: manualClock() })
    const principal = { id: 'key:blue', tenant: 'acme', scopes: ['runs:read'] }
    assert.deepEqual(await keys.authenticate({ headers: { authorization: `Bearer ${blue.key}` } }), principal)
    assert.deepEqual(await keys.authenticate({ headers: { 'x-api-key': blue.key } }), principal)
  })

  it('are refused when they are missing, unknown, cut, or in another scheme', async () => {
    await writeFile(file, JSON.stringify([blue.record]))
    const keys = await createApiKeyAuthenticator({ file, clock: manualClock() })
    const bad = [
      '',
      'Bearer',
      'Bearer ',
      `Basic ${blue.key}`,
      `Bearer ${red.key}`,
      `Bearer ${blue.key.slice(0, -1)}`,
      `Bearer ${blue.key}x`,
      `Bearer ${blue.key}, ${blue.key}`,
      'Bearer undefined',
      `Bearer polis_${'x'.repeat(9000)}`,
    ]
    for (const authorization of bad) {
      await assert.rejects(
        keys.authenticate({ headers: { authorization } }),
        { code: 'UNAUTHENTICATED' },
        authorization,
      )
    }
    await assert.rejects(keys.authenticate({ headers: { authorization: [`Bearer ${blue.key}`] } }), {
      code: 'UNAUTHENTICATED',
    })
  })

  it('that are revoked are refused within a second, and a file that is damaged changes nothing', async () => {
    await writeFile(file, JSON.stringify([blue.record, red.record]))
    const clock = manualClock()
    const warnings: PolisError[] = []
    const keys = await createApiKeyAuthenticator({ file, clock, warn: (error) => warnings.push(error) })
    const headers = { authorization: `Bearer ${blue.key}` }
    await writeFile(file, '[{"id": "half')
    clock.advance(1000)
    assert.equal((await keys.authenticate({ headers })).id, 'key:blue')
    assert.match(warnings[0]?.message ?? '', /is not JSON/)
    await writeFile(file, JSON.stringify([red.record]))
    clock.advance(1000)
    await assert.rejects(keys.authenticate({ headers }), { code: 'UNAUTHENTICATED' })
  })

  it('need a file that can be read and is right, and say where it is not', async () => {
    await assert.rejects(createApiKeyAuthenticator({ file: join(folder, 'none'), clock: manualClock() }), {
      code: 'INVALID_CONFIG',
      message: /auth\.api_keys_file .*none cannot be read/,
    })
    const bad: readonly (readonly [string, RegExp])[] = [
      ['{"id":"a"}', /line 1: sha256/],
      ['\nnot json', /line 2: is not JSON/],
      [JSON.stringify([{ ...blue.record, scopes: ['root'] }]), /record 1: scopes\.0/],
      [JSON.stringify([{ ...blue.record, tenant: '../x' }]), /record 1: tenant/],
      [JSON.stringify([{ ...blue.record, sha256: blue.key }]), /64 lower-case/],
      [JSON.stringify([blue.record, blue.record]), /id blue: is there twice/],
      [JSON.stringify({ ...blue.record, key: blue.key }), /Unrecognized key/],
    ]
    for (const [text, says] of bad) {
      assert.throws(
        () => parseApiKeys(text, 'keys'),
        (error: PolisError) => {
          assert.equal(error.code, 'INVALID_CONFIG')
          assert.match(error.message, says)
          assert.ok(!error.message.includes(blue.key), 'a key that stands there by mistake is not shown')
          return true
        },
      )
    }
  })
})
