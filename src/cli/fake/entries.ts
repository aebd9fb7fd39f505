import type { EntryBodies, EntryKind } from '../../core/entry.ts'
import type { RunEntry } from '../tree.ts'

/** Run ids for tests. */
export const RUN = 'run_01k0000000000000000000000a'
export const CHILD = 'run_01k0000000000000000000000b'

/** Writes entries of a run in tests: each call is the next entry, `at` milliseconds after the epoch. */
export function createEntries(run: string = RUN) {
  let sequence = 0
  return <K extends EntryKind>(kind: K, data: EntryBodies[K], at: number): RunEntry => {
    sequence += 1
    // One object of one kind, which TypeScript cannot see to be a member of the union.
    return { run, sequence, kind, time: at, data } as unknown as RunEntry
  }
}
