import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { skipWithout } from '../server/binary.ts'
import { startRedis } from '../server/redis.ts'
import { library, open, until } from './bed.ts'

const settled = async (calls: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(calls)).map(({ status }) => status)

describe('a link to one Redis server', { skip: skipWithout('redis-server', 'redis-cli') }, () => {
  it('calls the library, in the order of the calls', async () => {
    await using redis = await startRedis()
    await using link = await open(redis.port)
    assert.deepEqual(await Promise.all([link.write(), link.write(), link.read(), link.write()]), [1, 2, 2, 3])
    const bytes = Buffer.from([0, 255, 13, 10, 128])
    await link.call(0, 'write', bytes)
    assert.equal(await redis.ask('llen', '{test:0}:calls'), '4')
  })

  it('loads the library again where Redis has lost it, and keeps the order of the calls', async () => {
    await using redis = await startRedis()
    await using link = await open(redis.port)
    await redis.ask('function', 'flush')
    assert.deepEqual(await Promise.all(Array.from({ length: 5 }, () => link.write())), [1, 2, 3, 4, 5])
  })

  it('leaves the libraries of other releases alone', async () => {
    await using redis = await startRedis()
    await using older = await open(redis.port)
    await using newer = await open(redis.port, { library: library('polis_ba9876543210') })
    assert.equal(await older.write(), 1)
    assert.equal(await newer.write(), 2)
    assert.equal(await older.write(), 3)
  })

  it('rejects what was under way when Redis dies, saying that its outcome is unknown, and goes on with the next', async () => {
    await using redis = await startRedis({ durability: 'process' })
    await using link = await open(redis.port, { patience: 10_000 })
    await redis.kill('SIGSTOP')
    const underWay = link.write()
    const refused = assert.rejects(underWay, { code: 'STORE_UNAVAILABLE', message: /is not known/ })
    await redis.restart()
    await refused
    assert.equal(await link.write(), await link.read())
    assert.equal(link.missing(), undefined)
  })

  it('notices a connection that is dead but open, under a call and without one', async () => {
    await using redis = await startRedis()
    await using link = await open(redis.port, { timeout: 1000, patience: 100 })
    await redis.kill('SIGSTOP')
    await assert.rejects(link.write(), {
      code: 'STORE_UNAVAILABLE',
      message: /said nothing for too long.*is not known/,
    })
    await redis.kill('SIGCONT')
    await until(link, () => link.missing() === undefined)
    await redis.kill('SIGSTOP')
    await until(link, () => link.missing() !== undefined)
    await redis.kill('SIGCONT')
    await until(link, () => link.missing() === undefined)
  })

  it('refuses calls after a short wait while there is no connection, and says that nothing was sent', async () => {
    await using redis = await startRedis()
    await using link = await open(redis.port, { patience: 50 })
    await redis.kill()
    await until(link, () => link.missing() !== undefined)
    await assert.rejects(link.write(), (error: Error) => /ECONNREFUSED|closed|reset/i.test(error.message))
    assert.deepEqual(await settled([link.ping(), link.time(), link.read()]), ['rejected', 'rejected', 'rejected'])
  })

  it('says why it cannot be opened', async () => {
    await using redis = await startRedis()
    const { port } = redis
    await redis.kill()
    const message = new RegExp(`127\\.0\\.0\\.1:${port} cannot be reached \\(.*ECONNREFUSED`)
    await assert.rejects(open(port, { timeout: 1000 }), { code: 'STORE_UNAVAILABLE', message })
  })

  it('says that the store is full where Redis says that it has no memory left', async () => {
    await using redis = await startRedis({ config: ['maxmemory 20mb'] })
    await using link = await open(redis.port, {
      library: { ...library('polis_full'), text: library('polis_full').text.replace("'allow-oom'", '') },
    })
    await link.write()
    await redis.ask('config', 'set', 'maxmemory', 1)
    await assert.rejects(link.write(), { code: 'STORE_FULL', message: /maxmemory/ })
    await assert.doesNotReject(link.read())
    // Nor does it need memory to connect again.
    await redis.ask('client', 'kill', 'type', 'normal')
    await until(link, () => link.missing() !== undefined)
    await until(link, () => link.missing() === undefined)
    await assert.doesNotReject(link.read())
  })

  it('tells other links of messages, and not itself', async () => {
    await using redis = await startRedis()
    await using one = await open(redis.port)
    await using other = await open(redis.port)
    const heard: string[] = []
    const hear = (name: string) => (shard: number, message: Buffer | undefined) => {
      heard.push(`${name} ${shard} ${message?.toString() ?? 'may have missed some'}`)
      for (const look of [...looks]) look()
    }
    const looks = new Set<() => void>()
    const hears = (line: string) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (heard.includes(line) && looks.delete(look)) resolve()
        }
        looks.add(look)
        look()
      })
    await Promise.all([one.write(), other.write()])
    one.listen(hear('one'))
    other.listen(hear('other'))
    await Promise.all([hears('one 0 may have missed some'), hears('other 0 may have missed some')])
    one.publish(0, Buffer.from('hello'))
    other.publish(0, Buffer.from('good day'))
    await Promise.all([hears('other 0 hello'), hears('one 0 good day')])
    assert.ok(!heard.includes('one 0 hello'))
    heard.length = 0
    await redis.ask('client', 'kill', 'type', 'pubsub')
    await Promise.all([hears('one 0 may have missed some'), hears('other 0 may have missed some')])
  })

  it('hears of every shard, in whichever order it comes to know them', async () => {
    await using redis = await startRedis()
    await using link = await open(redis.port)
    const heard = new Set<number>()
    const all = Promise.withResolvers<void>()
    link.listen((shard) => {
      if (heard.add(shard).size === 8) all.resolve()
    })
    for (let shard = 0; shard < 8; shard++) {
      void link.call(shard, 'write', Buffer.from('x'))
      if (shard % 3 === 2) await link.ping()
    }
    await all.promise
  })

  it('tells how full Redis is, and its time', async () => {
    await using redis = await startRedis({ config: ['maxmemory 100mb'] })
    await using link = await open(redis.port)
    assert.ok(Math.abs((await link.time()) - Date.now()) < 5000)
    const filled = Promise.withResolvers<void>()
    const timer = setInterval(() => link.fill() > 0.005 && filled.resolve(), 5)
    await filled.promise
    clearInterval(timer)
    assert.ok(link.fill() < 0.5)
  })
})
