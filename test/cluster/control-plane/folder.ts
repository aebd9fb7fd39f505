import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { watchdog } from '../../redis/server/watchdog.ts'

/** Makes a folder of this process' own, that is removed by the watchdog where the process does not come to it. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'polis-cluster-'))
  watchdog().watch(folder)
  return folder
}

/** Removes it, with all that is in it. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  watchdog().forget(folder)
}
