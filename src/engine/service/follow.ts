import type { DecodedEntry } from '../../core/entry.ts'
import { hasEnded, type RunRecord } from '../../core/run.ts'
import { decodeEntry } from '../journal-entry.ts'
import type { Changes } from './changes.ts'
import { findRun, type ServiceDependencies } from './dependencies.ts'
import type { Caller } from './service.ts'

/** The service's dependencies, and what tells of changes. */
export interface FollowDependencies extends ServiceDependencies {
  readonly changes: Changes
}

const PAGE = 500

/** Entries after a sequence, each exactly once and in order (G4), until the run has ended or the signal aborts. */
export async function* followRun(
  dependencies: FollowDependencies,
  caller: Caller,
  run: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<DecodedEntry> {
  const { store } = dependencies
  let record = await findRun(dependencies, caller, run)
  using changes = watchChanges(dependencies, run, signal)
  let position = after
  while (!signal.aborted) {
    const page = await store.journal.read(caller.tenant, run, position, PAGE)
    for (const entry of page) {
      position = entry.sequence
      yield await decodeEntry(store.blob, entry)
      if (signal.aborted) return
    }
    if (page.length === PAGE) continue
    record = await findRun(dependencies, caller, run)
    if (record.sequence > position) continue
    if (hasEnded(record.status)) return
    await changes.next()
  }
}

/** Resolves when the run has ended, or with how it stands when the signal aborts. */
export async function waitForEnd(
  dependencies: FollowDependencies,
  caller: Caller,
  run: string,
  signal: AbortSignal,
): Promise<RunRecord> {
  using changes = watchChanges(dependencies, run, signal, true)
  for (;;) {
    const record = await findRun(dependencies, caller, run)
    if (hasEnded(record.status) || signal.aborted) return record
    await changes.next()
  }
}

/** Tells of changes under a name, a run's or a session's: `next` resolves at once when something changed since it was last called. */
export function watchChanges(
  { changes }: FollowDependencies,
  name: string,
  signal: AbortSignal,
  onlyLoud = false,
): { next(): Promise<void> } & Disposable {
  let changed = true
  let wake: () => void = () => {}
  const notice = () => {
    changed = true
    wake()
  }
  const unwatch = changes.on(name, (quiet) => (quiet && onlyLoud ? undefined : notice()))
  signal.addEventListener('abort', notice, { once: true })
  return {
    async next() {
      if (!changed && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve))
      changed = false
    },
    [Symbol.dispose]() {
      unwatch()
      signal.removeEventListener('abort', notice)
    },
  }
}
