/** Judges what a schedule left behind. */
import { hasEnded } from '../../src/core/run.ts'
import type { MemoryState } from '../../src/store/memory/state.ts'
import { keyOf } from '../../src/store/memory/table.ts'

/** What must hold of every journal, at every time (G2, G4). */
export function checkJournals(state: MemoryState): readonly string[] {
  return [...state.runs.values()].flatMap(({ record: { tenant, run, sequence } }) => {
    const entries = state.journals.get(keyOf(tenant, run))
    const gap = entries.findIndex((entry, at) => entry.sequence !== at + 1)
    const back = entries.findIndex(({ epoch }, at) => at > 0 && epoch < (entries[at - 1]?.epoch ?? 0))
    return [
      ...(gap < 0 && entries.length === sequence ? [] : [`G4: the journal of ${run} has a gap at ${gap + 1}`]),
      ...(back < 0 ? [] : [`G2: an earlier epoch wrote entry ${back + 1} of ${run}`]),
    ]
  })
}

/** The runs of a session never overlap (G7). */
export function checkSessions(state: MemoryState): readonly string[] {
  const open = [...state.runs.values()].filter(
    ({ record: { session, status } }) => session !== undefined && status !== 'blocked' && !hasEnded(status),
  )
  const bySession = Map.groupBy(open, ({ record }) => record.session)
  return [...bySession].flatMap(([session, runs]) =>
    runs.length < 2 ? [] : [`G7: ${runs.map(({ record }) => record.run).join(' and ')} have the turn of ${session}`],
  )
}

/** Runs that are still open, and why. */
export function openRuns(state: MemoryState): readonly string[] {
  return [...state.runs.values()]
    .map(({ record }) => record)
    .filter(({ status }) => !hasEnded(status))
    .map(({ run, status, reason = '' }) => `${run} ${status} ${reason}`)
}
