import { after, before } from 'node:test'
import { runConformance } from '../../../src/store/conformance.ts'
import { type RedisCluster, startCluster } from '../server/cluster.ts'
import { openPlayed, type Target } from './played.ts'

let cluster: RedisCluster
before(async () => {
  cluster = await startCluster()
})
after(() => cluster[Symbol.asyncDispose]())

// Of what asks about keys, the key says whom.
const target = (): Target => ({
  port: { kind: 'cluster', nodes: cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port })) },
  ask: async (command, key = '', ...args) => (await cluster.ownerOf(String(key))).ask(command, key, ...args),
})

runConformance('redis in 6 shards of a Cluster', () => openPlayed(target(), 6))
