import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseHostPort, showHostPort } from './host-port.ts'

describe('a host and port', () => {
  it('is read in each usual form, and shown so that it can be read again', () => {
    for (const text of ['redis:6379', '10.0.0.1:1', '[::1]:6379', 'redis-0.redis.svc.cluster.local:65535']) {
      const read = parseHostPort(text)
      assert.ok(read, text)
      assert.equal(showHostPort(read), text)
    }
    assert.deepEqual(parseHostPort('redis', 26379), { host: 'redis', port: 26379 })
  })

  it('is nothing else', () => {
    for (const text of ['', 'redis', ':6379', 'redis:0', 'redis:65536', 'redis://host:1', 'user@host:1', '::1:6379']) {
      assert.equal(parseHostPort(text), undefined, text)
    }
  })
})
