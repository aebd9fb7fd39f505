import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { skipWithout } from '../server/binary.ts'
import { askAt } from '../server/redis.ts'
import { type Replicated, startReplicated } from '../server/replicated.ts'
import { open, until } from './bed.ts'

const replicated = { kind: 'replicated', replicas: 1 } as const

const placeOf = ({ sentinels, name }: Replicated, login = {}) => ({
  ...{ kind: 'sentinel' as const, name, login },
  sentinels: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
})

describe('a link by way of sentinels', { skip: skipWithout('redis-server', 'redis-sentinel', 'redis-cli') }, () => {
  it('goes on with the new primary when the old one is killed, and has lost nothing that two servers had', async () => {
    await using redis = await startReplicated({ replicas: 2 })
    await using link = await open(0, { place: placeOf(redis), kept: replicated, patience: 100_000 })
    for (let call = 1; call <= 20; call++) assert.equal(await link.write(), call)
    const promoted = redis.promoted()
    await (await redis.primary()).kill()
    await until(link, () => link.missing() !== undefined)
    assert.equal(await link.write(), 21)
    assert.equal(await (await promoted).ask('llen', '{test:0}:calls'), '21')
  })

  it('leaves a primary that is made a replica while it lives', async () => {
    await using redis = await startReplicated()
    await using link = await open(0, { place: placeOf(redis), patience: 100_000 })
    await link.write()
    const promoted = redis.promoted()
    await askAt(redis.sentinels[0]?.port ?? 0, ['sentinel', 'failover', redis.name])
    await promoted
    assert.equal(await link.write(), 2)
    await until(link, () => link.missing() === undefined)
    assert.equal(await link.read(), 2)
  })

  it('finds the primary although a sentinel is gone, and says which one did not answer when all are', async () => {
    await using redis = await startReplicated()
    const place = placeOf(redis)
    const gone = { host: '127.0.0.1', port: 1 }
    await using link = await open(0, { place: { ...place, sentinels: [gone, ...place.sentinels] } })
    assert.equal(await link.write(), 1)
    const nobody = open(0, { place: { ...place, sentinels: [gone] }, timeout: 1000 })
    await assert.rejects(nobody, {
      code: 'STORE_UNAVAILABLE',
      message: /None of redis\.sentinels answers: .*127\.0\.0\.1:1 .*ECONNREFUSED/,
    })
  })

  it('says that the sentinels know no primary of that name', async () => {
    await using redis = await startReplicated()
    const place = { ...placeOf(redis), name: 'another' }
    await assert.rejects(open(0, { place }), { code: 'INVALID_CONFIG', message: /no primary named 'another'/ })
  })

  it('logs in to the sentinels, which have a password of their own', async () => {
    await using redis = await startReplicated({ sentinels: 1 })
    const sentinel = redis.sentinels[0]?.port ?? 0
    await askAt(sentinel, ['acl', 'setuser', 'polis', 'on', '>open-sesame', '+@all', 'allchannels'])
    await askAt(sentinel, ['acl', 'setuser', 'default', 'off'])
    await using link = await open(0, { place: placeOf(redis, { username: 'polis', password: 'open-sesame' }) })
    assert.equal(await link.write(), 1)
    await assert.rejects(open(0, { place: placeOf(redis, { username: 'polis', password: 'guessed-wrongly' }) }), {
      code: 'INVALID_CONFIG',
      message: /redis\.sentinel_password_file/,
    })
  })
})
