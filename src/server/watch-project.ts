import { watch } from 'node:fs'
import type { Clock } from '../core/clock.ts'
import { PolisError } from '../core/error.ts'
import type { Log } from '../telemetry/log.ts'

/** What a project is watched with. */
export interface WatchOptions {
  readonly dir: string
  readonly clock: Clock
  readonly log: Log
  /** What the project's code is now; only a change of it counts. A rejection counts as none. */
  readonly fingerprint: () => Promise<string>
  /** Called for one change at a time; must not reject. */
  readonly onChange: () => Promise<void>
}

// An editor writes a file in several steps, and several files in a row.
const SETTLE = 100
const IGNORED = /(^|[\\/])(node_modules|\.git|\.polis|dist|coverage)([\\/]|$)/

/**
 * Watches the code of a project and calls back when it has changed and settled. Returns what ends it.
 *
 * A change that comes while the callback works is looked at after it. `initial` is the fingerprint of what is in use already.
 */
export function watchProject({ dir, clock, log, fingerprint, onChange }: WatchOptions, initial: string): () => void {
  let last = initial
  let cancel = () => {}
  let checking = false
  let again = false
  const look = async () => {
    // A file that is just being replaced cannot be read; the watcher tells when it is there again.
    const now = await fingerprint().catch(() => last)
    if (now === last) return
    last = now
    await onChange()
  }
  const check = async () => {
    again = checking
    if (checking) return
    checking = true
    await look()
    checking = false
    if (again) settle()
  }
  const settle = () => {
    cancel()
    cancel = clock.setTimer(clock.now() + SETTLE, () => void check())
  }
  const watcher = watch(dir, { recursive: true, persistent: false, ignore: (name) => IGNORED.test(name) }, settle)
  watcher.on('error', (reason) => {
    log.warn({ error: PolisError.from(reason) }, 'the project is not watched any more: restart to load changed code')
  })
  return () => {
    cancel()
    watcher.close()
  }
}
