import type { RunRecord } from '../../core/run.ts'
import type { Archive, ArchivedRun, SessionRef } from '../archive.ts'
import type { Store } from '../store.ts'

/** Deeper than runs call each other. */
const DEEPEST = 100

/** The runs above a run, and the sessions that it and they belong to. */
export async function originOf(
  live: Store,
  archive: Archive,
  record: RunRecord,
): Promise<Pick<ArchivedRun, 'above' | 'sessions'>> {
  const { tenant } = record
  const above: string[] = []
  const sessions = new Map<string, SessionRef>()
  for (let at: RunRecord | undefined = record; at !== undefined && above.length < DEEPEST; ) {
    if (at.session !== undefined && !sessions.has(at.session)) {
      const createdAt = (await live.index.session(tenant, at.session))?.createdAt ?? 0
      sessions.set(at.session, { tenant, session: at.session, createdAt })
    }
    const parent: string | undefined = at.parent?.run
    if (parent === undefined) break
    above.push(parent)
    at = (await live.index.get(tenant, parent)) ?? (await archive.get(tenant, parent))
  }
  return { above, sessions: [...sessions.values()] }
}
