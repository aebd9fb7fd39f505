import { PolisError } from '../../core/error.ts'
import { storeAdapter } from '../../core/redis-settings.ts'
import type { Settings } from '../../core/settings.ts'

/** Refuses the embedded store: that of a pod is gone with it, and no other pod sees it. Throws INVALID_CONFIG. */
export function refuseEmbeddedStore(settings: Settings): void {
  if (storeAdapter(settings) === 'redis') return
  const advice = "name redis.host, or leave deployment.redis to be { kind: 'managed' }"
  const fault = `polis.config: settings store.adapter: expected redis, since the embedded store of a pod is gone with it: ${advice}`
  throw new PolisError('INVALID_CONFIG', fault, { details: { faults: [fault] } })
}
