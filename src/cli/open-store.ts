import { systemClock } from '../core/clock.ts'
import { openProjectStore } from '../server/project-store.ts'
import type { ArchivedStore } from '../store/archive/with-archive.ts'
import { createLog } from '../telemetry/log.ts'
import { silentMetrics } from '../telemetry/metrics-port.ts'
import type { Output } from './io.ts'
import { parseConfigSettings } from './parse-config-settings.ts'
import type { StoreOptions } from './ports.ts'

/** Opens the store that the project's settings name, without agents and without a server. */
export async function openStore({ dir, env }: StoreOptions, output: Pick<Output, 'write'>): Promise<ArchivedStore> {
  const settings = await parseConfigSettings(dir, env)
  const destination = {
    write: (text: string | Uint8Array) => output.write(typeof text === 'string' ? text : Buffer.from(text).toString()),
  }
  const log = createLog({ level: 'warn', format: 'pretty', destination })
  const { store } = await openProjectStore(dir, settings, { clock: systemClock(), log, metrics: silentMetrics })
  return store
}
