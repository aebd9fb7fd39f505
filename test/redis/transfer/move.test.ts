import { join } from 'node:path'
import { it } from 'node:test'
import { startPolis } from '../../lifecycle/polis.ts'
import { writeAgents } from '../../lifecycle/project.ts'
import { AGENTS, assertEnds, succeed, work } from '../../store/moving.ts'
import { skipWithout } from '../server/binary.ts'
import { startRedis } from '../server/redis.ts'

it("a laptop's project moves into Redis by its settings, and its runs end there", {
  skip: skipWithout('redis-server', 'redis-cli'),
  timeout: 120_000,
}, async () => {
  await using redis = await startRedis({ durability: 'process' })
  await using project = await writeAgents(AGENTS)
  const env = { POLIS_REDIS_HOST: '127.0.0.1', POLIS_REDIS_PORT: String(redis.port), POLIS_STORE_DURABILITY: 'process' }
  const { dir } = project
  const file = join(dir, 'notes')
  const runs = await work(dir, file)
  await succeed(dir, ['store', 'pause', '--reason', 'moving'])
  const moved = join(dir, 'move.polis.zst')
  await succeed(dir, ['store', 'export', moved])
  await succeed(dir, ['store', 'import', moved], env)
  await succeed(dir, ['store', 'resume', '--yes'], env)
  await project.write('flag', '')
  await using polis = await startPolis(dir, ['dev'], env)
  await assertEnds(polis, runs, file)
  const back = join(dir, 'back.polis.gz')
  await succeed(dir, ['store', 'export', back], env)
  await succeed(dir, ['store', 'import', back], { POLIS_STORE_PATH: join(dir, 'back.db') })
})
