import { inFolder } from './child.ts'
import { type Fsync, startRedis } from './service/redis.ts'

/** Where runs are kept. */
export type StoreName = 'sqlite' | 'redis'

/** Gives the environment in which `polis serve` uses a fresh store; \`disk\` syncs before it acknowledges. */
export async function withStore<T>(
  name: StoreName,
  use: (env: Readonly<Record<string, string>>) => Promise<T>,
  fsync: Fsync = 'everysec',
): Promise<T> {
  const durability = { POLIS_STORE_DURABILITY: fsync === 'always' ? 'disk' : 'process' }
  if (name === 'sqlite') return use({ ...durability, POLIS_STORE_ADAPTER: 'sqlite' })
  return inFolder(async (folder) => {
    await using redis = await startRedis(folder)
    await redis.reset(fsync)
    return await use({
      ...durability,
      POLIS_STORE_ADAPTER: 'redis',
      POLIS_REDIS_HOST: '127.0.0.1',
      POLIS_REDIS_PORT: String(redis.port),
    })
  })
}
