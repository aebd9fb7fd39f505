import { decodeEntry } from '../../engine/journal-entry.ts'
import type { Store } from '../../store/store.ts'
import type { Plan } from '../plan.ts'

/** The plan of a run of `polis.eval`; undefined where the run is none, or has not come to it. */
export async function readPlan({ journal, blob }: Store, tenant: string, run: string): Promise<Plan | undefined> {
  // The plan is the first thing that it records.
  for (const entry of await journal.read(tenant, run, 0, 10)) {
    const { kind, data } = await decodeEntry(blob, entry)
    // Written by `makePlan`.
    if (kind === 'step-completed' && data.id === 'plan') return data.output as Plan
  }
  return undefined
}
