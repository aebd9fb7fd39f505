import type { Clock } from '../../../core/clock.ts'
import type { Log } from '../../../telemetry/log.ts'
import type { Store } from '../../store.ts'
import type { Shard } from '../shard.ts'
import { createBlobs } from './blob.ts'
import { createCoordination } from './coordination.ts'
import { createIndex } from './index-port.ts'
import { createJournal, type Router } from './journal.ts'
import { createLocator } from './locate.ts'
import type { ShardStore } from './shard-store.ts'
import { createTransfer } from './transfer.ts'

type Ports = Pick<Store, 'journal' | 'index' | 'coordination' | 'blob' | 'transfer'>

/** The ports over several shards, each of which has its own; `stop` ends what they watch. */
export function routedPorts(
  parts: readonly { readonly shard: Shard; readonly ports: Ports }[],
  { clock, log, remembered }: { readonly clock: Clock; readonly log: Log; readonly remembered?: number },
): { readonly ports: Ports; stop(): void } {
  const shards = parts.map(({ shard, ports }): ShardStore => ({ ...ports, shard }))
  const router: Router = { shards, locator: createLocator(shards, remembered), now: () => clock.now(), log }
  const { stop, ...journal } = createJournal(router)
  const ports = {
    journal,
    index: createIndex(router),
    coordination: createCoordination(router),
    blob: createBlobs(shards),
    transfer: createTransfer(router),
  }
  return { ports, stop }
}
