import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PolisError } from '../../core/error.ts'
import type { Store } from '../../store/store.ts'
import type { HealthChecker } from './health-checker.ts'

/** What readiness depends on. */
export interface Dependencies {
  readonly store: Store
  /** Says why the store is paused, if it is. */
  readonly paused: () => Promise<string | undefined>
  /** The store's file, where it is one. */
  readonly path?: string
  /** Throws why no runs are executed; absent in a process that executes none. */
  readonly worker?: () => void
}

/** With less than this the store may not be able to record the next step. */
const LEAST_FREE = 32 * 1024 * 1024

/** Adds the checks of readiness: the store answers, its disk has room, and runs are executed. */
export function addReadiness(health: HealthChecker, { store, paused, path, worker }: Dependencies): void {
  // A paused store can be read, so that whoever is sent here is answered.
  health.add('readiness', 'store', async () => {
    await store.ping()
    return paused()
  })
  if (path !== undefined) health.add('readiness', 'disk', () => checkDisk(path))
  if (worker !== undefined) health.add('readiness', 'worker', worker)
}

async function checkDisk(path: string): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path))
  const free = bavail * bsize
  if (free >= LEAST_FREE) return
  const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024)
  throw new PolisError(
    'STORE_FULL',
    `The disk of the store has ${megabytes(free)} MB left, and needs ${megabytes(LEAST_FREE)}: free space at ${dirname(path)}`,
  )
}
