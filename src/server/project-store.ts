import { resolve } from 'node:path'
import type { Clock } from '../core/clock.ts'
import type { Settings } from '../core/settings.ts'
import { type ArchivedStore, withArchive } from '../store/archive/with-archive.ts'
import { openSqliteStore } from '../store/sqlite/open.ts'
import type { Store } from '../store/store.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics-port.ts'
import { createCommitHint } from './commit-hint.ts'
import { type ArchiveSettings, openProjectArchive } from './project-archive.ts'

/** The file of a project's store, absolute. */
export function storePath(dir: string, settings: Pick<Settings, 'store.path'>): string {
  return resolve(dir, settings['store.path'])
}

/** An open store, and the clock that its times are by: what is kept in it is decided by this clock alone. */
export interface ProjectStore {
  readonly store: ArchivedStore
  readonly clock: Clock
}

interface Dependencies {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
}

type StoreSettings = Pick<Settings, 'store.path' | 'store.durability'>

/**
 * Opens the store that the settings name, with the archive behind it; each thread opens one, and they tell each other of commits. `clock`
 * is the machine's.
 */
export async function openProjectStore(
  dir: string,
  settings: StoreSettings & ArchiveSettings,
  dependencies: Dependencies,
): Promise<ProjectStore> {
  const { store: live, clock } = await openLive(dir, settings, dependencies)
  try {
    return { store: withArchive(live, await openProjectArchive(dir, settings, clock)), clock }
  } catch (error) {
    await live.close()
    throw error
  }
}

async function openLive(
  dir: string,
  settings: StoreSettings,
  { clock, ...dependencies }: Dependencies,
): Promise<{ readonly store: Store; readonly clock: Clock }> {
  const path = storePath(dir, settings)
  const hint = createCommitHint(path)
  try {
    const durability = settings['store.durability']
    const store = await openSqliteStore({ path, durability, hint, clock, ...dependencies })
    const close = () => store.close().finally(hint.close)
    return { store: { ...store, close, [Symbol.asyncDispose]: close }, clock }
  } catch (error) {
    hint.close()
    throw error
  }
}
