import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isSecretName, redact, redactText, rememberSecrets } from './secret.ts'

describe('secrets', () => {
  it('are known by the names of their fields', () => {
    for (const name of [
      'password',
      'apiKey',
      'x-api-key',
      'API_KEY',
      'refresh_token',
      'clientSecret',
      'Authorization',
      'set-cookie',
      'token',
    ]) {
      assert.ok(isSecretName(name), name)
    }
    for (const name of [
      'tokens',
      'input_tokens',
      'key',
      'keys',
      'author',
      'maxTokens',
      'secretary',
      'idempotencyKey',
    ]) {
      assert.ok(!isSecretName(name), name)
    }
  })

  it('are replaced within texts', () => {
    const texts = {
      'key polis_0123456789abcdefghij!': 'key [redacted]!',
      'Authorization: Bearer abc.def-123456': 'Authorization: Bearer [redacted]',
      'redis://user:pass@host:6379/0': 'redis://user:[redacted]@host:6379/0',
      [`sk-${'a1'.repeat(12)}`]: '[redacted]',
      'GET https://host/v1?a=b&api_key=abc&c=d': 'GET https://host/v1?a=b&api_key=[redacted]&c=d',
      'jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln': 'jwt [redacted]',
      'http://localhost:8080/a@b': 'http://localhost:8080/a@b',
      'a bearer of news': 'a bearer of news',
    }
    for (const [text, redacted] of Object.entries(texts)) assert.equal(redactText(text), redacted)
  })

  it('are replaced where they come from a variable whose name says so', () => {
    rememberSecrets({
      AZURE_API_KEY: '0123456789abcdef-azure',
      STRIPE_KEY: 'stripe-0123456789',
      HOME: '/home/of-someone',
      TOKEN: 'short',
    })
    const text = 'key 0123456789abcdef-azure, stripe-0123456789, /home/of-someone, short'
    assert.equal(redactText(text), 'key [redacted], [redacted], /home/of-someone, short')
  })

  it('are replaced in data, which may be cyclic or deep', () => {
    const cyclic: Record<string, unknown> = { token: 't', list: ['polis_0123456789abcdefghij'] }
    cyclic.self = cyclic
    assert.deepEqual(redact(cyclic), { token: '[redacted]', list: ['[redacted]'], self: '[cycle]' })
    const deep = Array.from({ length: 50 }).reduce<unknown>((below) => [below], 1)
    assert.match(JSON.stringify(redact(deep)), /too deep/)
  })
})
