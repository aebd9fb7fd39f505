import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseSettings } from '../core/settings.ts'
import { redisOptions } from './redis-options.ts'

function optionsOf(overrides: Readonly<Record<string, unknown>>) {
  return redisOptions('/project', parseSettings({ overrides }).settings)
}

describe('the settings of Redis', () => {
  it('name one server, without more ado', () => {
    assert.deepEqual(optionsOf({ 'redis.host': 'redis.internal', 'store.durability': 'process' }), {
      place: { kind: 'standalone', address: { host: 'redis.internal', port: 6379 } },
      login: {},
      kept: { kind: 'process' },
      prefix: 'polis',
      timeout: 5000,
    })
  })

  it('name sentinels, a login and certificates, whose files are found from the project', () => {
    const options = optionsOf({
      'redis.sentinels': ['one:26379', '[::1]:26380'],
      'redis.sentinel_name': 'main',
      'redis.sentinel_password_file': 'secret/sentinel',
      'redis.username': 'polis',
      'redis.password_file': '/run/secret',
      'redis.ssl.enabled': true,
      'redis.ssl.ca_file': 'ca.pem',
      'store.durability': 'replicated',
      'redis.replicas': 2,
    })
    assert.deepEqual(options.place, {
      kind: 'sentinel',
      sentinels: [
        { host: 'one', port: 26379 },
        { host: '::1', port: 26380 },
      ],
      name: 'main',
      login: { passwordFile: '/project/secret/sentinel' },
    })
    assert.deepEqual(options.login, { username: 'polis', passwordFile: '/run/secret' })
    assert.deepEqual(options.tls, { caFile: '/project/ca.pem' })
    assert.deepEqual(options.kept, { kind: 'replicated', replicas: 2 })
  })

  it('name a Cluster by its host, or by some of its nodes', () => {
    const cluster = { 'redis.host': 'one', 'redis.cluster.enabled': true }
    assert.deepEqual(optionsOf(cluster).place, { kind: 'cluster', nodes: [{ host: 'one', port: 6379 }] })
    assert.deepEqual(optionsOf({ ...cluster, 'redis.cluster.nodes': ['two:7000'] }).place, {
      kind: 'cluster',
      nodes: [{ host: 'two', port: 7000 }],
    })
  })

  it('ask for replicas of Redis alone', () => {
    assert.throws(() => parseSettings({ overrides: { 'store.durability': 'replicated' } }), {
      code: 'INVALID_CONFIG',
      message: /store\.durability: expected process or disk for the embedded store/,
    })
  })
})
