import { resolve } from 'node:path'
import type { Clock } from '../core/clock.ts'
import type { Settings } from '../core/settings.ts'
import { openSqliteStore } from '../store/sqlite/open.ts'
import type { Store } from '../store/store.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics-port.ts'
import { createCommitHint } from './commit-hint.ts'

/** The file of a project's store, absolute. */
export function storePath(dir: string, settings: Pick<Settings, 'store.path'>): string {
  return resolve(dir, settings['store.path'])
}

/** Opens the store that the settings name; each thread opens one, and they tell each other of commits. */
export async function openProjectStore(
  dir: string,
  settings: Pick<Settings, 'store.path' | 'store.durability'>,
  dependencies: { readonly clock: Clock; readonly log: Log; readonly metrics: Metrics },
): Promise<Store> {
  const path = storePath(dir, settings)
  const hint = createCommitHint(path)
  try {
    const store = await openSqliteStore({ path, durability: settings['store.durability'], hint, ...dependencies })
    const close = () => store.close().finally(hint.close)
    return { ...store, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    hint.close()
    throw error
  }
}
