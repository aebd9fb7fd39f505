import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createOpenAuthenticator } from './open.ts'

const open = createOpenAuthenticator({ host: '127.0.0.1', origins: ['https://console.example'] })
const admit = (headers: Record<string, string | string[]>) => open.authenticate({ headers })

describe('the open authenticator', () => {
  it('is refused where the listener can be reached from elsewhere', () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.4', 'example.com', '']) {
      assert.throws(() => createOpenAuthenticator({ host }), { code: 'INVALID_CONFIG', message: /auth\.mode/ })
    }
    for (const host of ['127.0.0.1', '127.8.8.8', 'localhost', '::1', 'LOCALHOST']) createOpenAuthenticator({ host })
  })

  it('lets programs of this machine in as admin', async () => {
    for (const host of ['localhost', 'localhost:8080', '127.0.0.1:8080', '[::1]:8080', 'agents.localhost:80']) {
      assert.deepEqual(await admit({ host }), { id: 'local', tenant: 'default', scopes: ['admin'] })
    }
  })

  it('keeps out names that only resolve to this machine (DNS rebinding)', async () => {
    for (const host of [
      'evil.example',
      'evil.example:8080',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '127.0.0.1@evil',
      '',
    ]) {
      await assert.rejects(admit({ host }), { code: 'FORBIDDEN' })
    }
    await assert.rejects(admit({}), { code: 'FORBIDDEN' })
  })

  it("keeps out strangers' web pages, and lets in this machine's and those that the settings name", async () => {
    const host = 'localhost:8080'
    for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example', 'file://', '']) {
      await assert.rejects(admit({ host, origin }), { code: 'FORBIDDEN' })
    }
    await assert.rejects(admit({ host, origin: ['http://localhost', 'https://evil.example'] }), { code: 'FORBIDDEN' })
    for (const origin of ['http://localhost:3000', 'http://127.0.0.1', 'https://console.example'])
      await admit({ host, origin })
  })

  it('acts for the tenant that is asked for', async () => {
    assert.equal((await admit({ host: 'localhost', 'polis-tenant': 'acme' })).tenant, 'acme')
    await assert.rejects(admit({ host: 'localhost', 'polis-tenant': 'a/b' }), { code: 'INVALID_ARGUMENT' })
  })
})
