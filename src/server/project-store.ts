import { resolve } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { storeAdapter } from '../core/redis-settings.ts'
import type { Settings } from '../core/settings.ts'
import { type ArchivedStore, withArchive } from '../store/archive/with-archive.ts'
import { openSqliteStore } from '../store/sqlite/open.ts'
import type { LocalDurability, Store } from '../store/store.ts'
import type { Log } from '../telemetry/log.ts'
import type { Metrics } from '../telemetry/metrics-port.ts'
import { createCommitHint } from './commit-hint.ts'
import { openProjectArchive } from './project-archive.ts'

/** The file of a project's embedded store, absolute. */
export function storePath(dir: string, settings: Pick<Settings, 'store.path'>): string {
  return resolve(dir, settings['store.path'])
}

/** An open store, and the clock that its times are by: what is kept in it is decided by this clock alone. */
export interface ProjectStore {
  readonly store: ArchivedStore
  readonly clock: Clock
}

/** What a store is opened with; `clock` is the machine's. */
export interface StoreDependencies {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
}

/** Opens the store that the settings name, with the archive behind it; each thread opens one, and they tell each other of commits. */
export async function openProjectStore(
  dir: string,
  settings: Settings,
  dependencies: StoreDependencies,
): Promise<ProjectStore> {
  const { store: live, clock } = await openLive(dir, settings, dependencies)
  try {
    return { store: withArchive(live, await openProjectArchive(dir, settings, clock)), clock }
  } catch (error) {
    await live.close()
    throw error
  }
}

/** What an embedded store is to keep; `replicated` was refused when the settings were read. */
export function localDurability({ 'store.durability': wanted }: Pick<Settings, 'store.durability'>): LocalDurability {
  return wanted === 'replicated' ? 'disk' : wanted
}

async function openLive(
  dir: string,
  settings: Settings,
  dependencies: StoreDependencies,
): Promise<{ readonly store: Store; readonly clock: Clock }> {
  if (storeAdapter(settings) === 'sqlite') return openSqlite(dir, settings, dependencies)
  // Loaded where it is used: most projects begin without Redis.
  const { openProjectRedis } = await import('./project-redis.ts')
  return openProjectRedis(dir, settings, dependencies)
}

async function openSqlite(dir: string, settings: Settings, { clock, ...dependencies }: StoreDependencies) {
  const path = storePath(dir, settings)
  const hint = createCommitHint(path)
  try {
    const store = await openSqliteStore({ path, durability: localDurability(settings), hint, clock, ...dependencies })
    const close = () => store.close().finally(hint.close)
    return { store: { ...store, close, [Symbol.asyncDispose]: close }, clock }
  } catch (error) {
    hint.close()
    throw error
  }
}
