import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Kept } from '../../../src/store/redis/link/options.ts'
import { skipWithout } from '../server/binary.ts'
import { type RedisServer, startRedis } from '../server/redis.ts'
import { startReplicated } from '../server/replicated.ts'
import { open } from './bed.ts'

const disk: Kept = { kind: 'disk' }
const replicated: Kept = { kind: 'replicated', replicas: 1 }

const versionOf = async (redis: RedisServer) => {
  const [major = 0, minor = 0] = (/redis_version:(\S+)/.exec(await redis.ask('info', 'server'))?.[1] ?? '')
    .split('.')
    .map(Number)
  return major * 100 + minor
}

describe('a link that keeps what is asked of it', { skip: skipWithout('redis-server', 'redis-cli') }, () => {
  it('refuses a Redis that cannot, naming the option and what to do', async () => {
    await using bare = await startRedis()
    const unsuitable = (message: RegExp) => ({ code: 'STORE_UNSUITABLE', message })
    await assert.rejects(
      open(bare.port, { kept: disk }),
      unsuitable(/expected appendonly yes for store\.durability disk/),
    )
    await bare.ask('config', 'set', 'maxmemory-policy', 'allkeys-lru')
    await assert.rejects(open(bare.port), unsuitable(/expected maxmemory-policy noeviction, got allkeys-lru/))
    await using another = await startRedis()
    await bare.ask('config', 'set', 'maxmemory-policy', 'noeviction')
    await bare.ask('replicaof', '127.0.0.1', another.port)
    await assert.rejects(
      open(bare.port),
      unsuitable(new RegExp(`expected a primary, got a replica of .*${another.port}`)),
    )
  })

  it('refuses for disk what is fsynced each second, or not while the file is rewritten, unless there is WAITAOF', async () => {
    await using redis = await startRedis({ durability: 'process' })
    if ((await versionOf(redis)) >= 702) {
      await using link = await open(redis.port, { kept: disk, timeout: 10_000 })
      assert.deepEqual(await Promise.all([link.write(), link.read(), link.write()]), [1, 1, 2])
    } else {
      await assert.rejects(open(redis.port, { kept: disk }), { message: /expected appendfsync always.*got everysec/ })
      await redis.ask('config', 'set', 'appendfsync', 'always', 'no-appendfsync-on-rewrite', 'yes')
      await assert.rejects(open(redis.port, { kept: disk }), { message: /expected no-appendfsync-on-rewrite no/ })
    }
  })

  it('has after kill -9 of Redis what was acknowledged for disk', async () => {
    await using redis = await startRedis({ durability: 'disk' })
    await using link = await open(redis.port, { kept: disk })
    assert.deepEqual(await Promise.all([link.write(), link.read(), link.write()]), [1, 1, 2])
    await redis.restart()
    await using again = await open(redis.port, { kept: disk })
    assert.equal(await again.read(), 2)
  })

  it('rejects a commit that too few replicas confirm, says how many did, and goes on when they are back', async () => {
    await using redis = await startReplicated({ sentinels: 0 })
    const [primary, replica] = redis.servers
    assert.ok(primary !== undefined && replica !== undefined)
    await using link = await open(primary.port, { kept: replicated, timeout: 5000 })
    assert.deepEqual(await Promise.all([link.write(), link.read()]), [1, 1])
    await replica.kill('SIGSTOP')
    const unconfirmed = { code: 'STORE_UNAVAILABLE', message: /0 of 1 replicas confirmed it within 2\.5 s.*not known/ }
    await assert.rejects(link.write(), unconfirmed)
    // What one reads may be what a failover takes back.
    await assert.rejects(link.read(), unconfirmed)
    await replica.kill('SIGCONT')
    assert.match(await replica.ask('ping'), /PONG/)
    assert.equal(await link.write(), 3)
  })

  it('rejects also what was found done already, as long as it is not confirmed', async () => {
    await using redis = await startReplicated({ sentinels: 0 })
    const [primary, replica] = redis.servers
    assert.ok(primary !== undefined && replica !== undefined)
    await using before = await open(primary.port, { kept: replicated, timeout: 5000 })
    await before.write()
    // It has written nothing itself.
    await using link = await open(primary.port, { kept: replicated, timeout: 5000 })
    await replica.kill('SIGSTOP')
    await assert.rejects(before.write(), { message: /0 of 1 replicas/ })
    await assert.rejects(link.write(''), { message: /0 of 1 replicas/ })
    await replica.kill('SIGCONT')
    assert.match(await replica.ask('ping'), /PONG/)
    assert.equal(await link.write(''), 2)
  })

  it('confirms by a write of its own, also when memory is full', async () => {
    await using redis = await startReplicated({ sentinels: 0 })
    const [primary] = redis.servers
    assert.ok(primary !== undefined)
    await using link = await open(primary.port, { kept: replicated, timeout: 10_000 })
    await link.write()
    await primary.ask('config', 'set', 'maxmemory', 1)
    assert.equal(await link.read(), 1)
    assert.equal(await primary.ask('get', '{test:0}:mark'), '1')
  })

  it('warns of what is risky, once, and of what it could not look at', async () => {
    await using redis = await startRedis({ users: ['polis on >a-password ~* &* +@all -config'] })
    await using link = await open(redis.port, {
      login: { username: 'polis', password: 'a-password' },
      kept: replicated,
      patience: 10_000,
    })
    const warnings = () => link.logged.filter((line) => line.startsWith('Redis: ')).map((line) => line.slice(7))
    const expected = [
      /no maxmemory is set/,
      /CONFIG GET is not allowed/,
      /appendonly is no/,
      /only 0 of the 1 replicas/,
    ]
    for (const warning of expected)
      assert.equal(warnings().filter((line) => warning.test(line)).length, 1, String(warning))
    await redis.ask('client', 'kill', 'user', 'polis')
    await link.ping()
    assert.equal(warnings().length, expected.length)
  })
})
