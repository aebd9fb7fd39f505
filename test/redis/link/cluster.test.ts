import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { skipWithout } from '../server/binary.ts'
import { type RedisCluster, startCluster } from '../server/cluster.ts'
import { startRedis } from '../server/redis.ts'
import { open, type TestLink, until } from './bed.ts'

const SHARDS = [0, 1, 2, 3, 4, 5, 6, 7]

const placeOf = ({ nodes }: RedisCluster) => ({
  kind: 'cluster' as const,
  nodes: nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
})

const writeTo = async (link: TestLink, shard: number) =>
  Number(String(await link.call(shard, 'write', Buffer.from('x'))))

describe('a link to a Cluster', { skip: skipWithout('redis-server', 'redis-cli') }, () => {
  it('calls each shard on the node that has it, knowing one node to begin with', async () => {
    await using redis = await startCluster()
    const place = placeOf(redis)
    await using link = await open(0, { place: { ...place, nodes: place.nodes.slice(0, 1) } })
    assert.deepEqual(
      await Promise.all(SHARDS.map((shard) => writeTo(link, shard))),
      SHARDS.map(() => 1),
    )
    const owners = new Set<number>()
    for (const shard of SHARDS) {
      const owner = await redis.ownerOf(`{test:${shard}}:`)
      owners.add(owner.port)
      assert.equal(await owner.ask('llen', `{test:${shard}}:calls`), '1')
    }
    assert.equal(owners.size, 3)
    await link.ping()
  })

  it('goes on with the replica of a primary that is killed, while the other shards never stop', async () => {
    await using redis = await startCluster({ replicas: 1 })
    {
      await using sure = await open(0, { place: placeOf(redis), kept: { kind: 'replicated', replicas: 1 } })
      for (const shard of SHARDS) assert.equal(await writeTo(sure, shard), 1)
    }
    await using link = await open(0, { place: placeOf(redis), patience: 60_000 })
    assert.equal(Number(String(await link.call(0, 'read', Buffer.from('')))), 1)
    const victim = await redis.ownerOf('{test:0}:')
    const spared = []
    for (const shard of SHARDS) if ((await redis.ownerOf(`{test:${shard}}:`)) !== victim) spared.push(shard)
    const promoted = redis.promoted()
    await victim.kill()
    await until(link, () => link.missing() !== undefined)
    const begun = writeTo(link, 0)
    for (const shard of spared) assert.equal(await writeTo(link, shard), 2)
    await promoted
    assert.equal(await begun, 2)
  })

  it('follows a slot that has moved, and refuses calls while it moves rather than find half of the keys', async () => {
    await using redis = await startCluster()
    await using link = await open(0, { place: placeOf(redis), patience: 200 })
    assert.equal(await writeTo(link, 0), 1)
    const move = await beginMove(redis, '{test:0}:')
    await assert.rejects(writeTo(link, 0), { code: 'STORE_UNAVAILABLE', message: /moving the slot/ })
    await move.end('{test:0}:calls')
    assert.equal(await writeTo(link, 0), 2)
    assert.equal(await move.to.ask('llen', '{test:0}:calls'), '2')
  })

  it('tells other links of messages on each shard, also on one that has moved', async () => {
    await using redis = await startCluster()
    await using one = await open(0, { place: placeOf(redis) })
    await using other = await open(0, { place: placeOf(redis) })
    for (const shard of SHARDS) for (const link of [one, other]) await writeTo(link, shard)
    const heard = hearing(other)
    await Promise.all(SHARDS.map((shard) => heard.of(shard, undefined)))
    for (const shard of SHARDS) one.publish(shard, Buffer.from(`to ${shard}`))
    await Promise.all(SHARDS.map((shard) => heard.of(shard, `to ${shard}`)))
    const move = await beginMove(redis, '{test:0}:')
    // What is heard of the move may be heard before it is over.
    heard.forget()
    await move.end('{test:0}:calls')
    for (const link of [other, one]) assert.ok((await writeTo(link, 0)) > 2)
    await heard.of(0, undefined)
    // Some may be lost until the third node has heard of the move.
    while (!heard.has(0, 'moved')) {
      one.publish(0, Buffer.from('moved'))
      for (const link of [other, one]) await writeTo(link, 0)
    }
  })

  it('is no single server, and a single server is no Cluster', async () => {
    await using cluster = await startCluster({ primaries: 1 })
    await using single = await startRedis()
    await assert.rejects(open(cluster.nodes[0]?.port ?? 0), {
      code: 'STORE_UNSUITABLE',
      message: /set redis\.cluster\.enabled to true/,
    })
    const place = { kind: 'cluster' as const, nodes: [{ host: '127.0.0.1', port: single.port }] }
    await assert.rejects(open(0, { place }), {
      code: 'STORE_UNSUITABLE',
      message: /set redis\.cluster\.enabled to false/,
    })
  })
})

/** Begins to move the slot of a key to another node. */
async function beginMove(redis: RedisCluster, key: string) {
  const from = await redis.ownerOf(key)
  const to = redis.nodes.find((node) => node !== from) ?? assert.fail('there is no other node')
  const slot = await from.ask('cluster', 'keyslot', key)
  const [fromId, toId] = [await from.ask('cluster', 'myid'), await to.ask('cluster', 'myid')]
  await to.ask('cluster', 'setslot', slot, 'importing', fromId)
  await from.ask('cluster', 'setslot', slot, 'migrating', toId)
  return {
    to,
    /** Moves the only key that is there, and ends the move. */
    end: async (moved: string) => {
      assert.equal(await from.ask('migrate', '127.0.0.1', to.port, moved, 0, 20_000), 'OK')
      for (const node of [to, from]) await node.ask('cluster', 'setslot', slot, 'node', toId)
    },
  }
}

function hearing(link: TestLink) {
  const heard: string[] = []
  const looks = new Set<() => void>()
  const line = (shard: number, message: string | undefined) => `${shard} ${message ?? 'may have missed some'}`
  link.listen((shard, message) => {
    heard.push(line(shard, message?.toString()))
    for (const look of [...looks]) look()
  })
  return {
    forget: () => void heard.splice(0),
    has: (shard: number, message: string) => heard.includes(line(shard, message)),
    of: (shard: number, message: string | undefined) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!heard.includes(line(shard, message))) return
          looks.delete(look)
          resolve()
        }
        looks.add(look)
        look()
      }),
  }
}
