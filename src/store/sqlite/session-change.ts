import type { NewSession, SessionChange } from '../session.ts'
import type { Work } from './work.ts'

/** Begins a session without a run; false when there is one of that name. */
export function createSession(
  work: Work,
  { tenant, session, agent, title, tags, ttl }: NewSession,
  now: number,
): boolean {
  const named = title === undefined ? 0 : 1
  const kept = [title ?? null, named, textOf(tags), ttl ?? null] as const
  if (work.sessions.create.run(tenant, session, agent, now, ...kept).changes === 0) return false
  for (const tag of Object.entries(tags)) work.sessions.tag.run(tenant, ...tag, now, session)
  return true
}

/** Changes what clients say of a session; false when there is none. */
export function changeSession(
  work: Work,
  tenant: string,
  session: string,
  { title, tags, ttl }: SessionChange,
  now: number,
): boolean {
  const row = work.sessions.get.get(tenant, session)
  if (row === undefined) return false
  const named = title === undefined ? (work.sessions.named.get(tenant, session)?.named ?? 0) : title === null ? 0 : 1
  const text = tags === undefined ? row.tags : textOf(tags)
  const kept = [title === undefined ? row.title : title, named, text, ttl === undefined ? row.ttl : ttl] as const
  if (tags !== undefined) {
    untagSession(work, tenant, session)
    for (const tag of Object.entries(tags)) work.sessions.tag.run(tenant, ...tag, row.createdAt, session)
  }
  return work.sessions.change.run(...kept, now, tenant, session).changes > 0
}

/** Takes a session's tags out of their index. */
export function untagSession(work: Work, tenant: string, session: string): void {
  const row = work.sessions.get.get(tenant, session)
  const tags: Readonly<Record<string, string>> = JSON.parse(row?.tags ?? '{}')
  for (const tag of Object.entries(tags)) work.sessions.untag.run(tenant, ...tag, row?.createdAt ?? 0, session)
}

function textOf(tags: Readonly<Record<string, string>>): string | null {
  return Object.keys(tags).length === 0 ? null : JSON.stringify(tags)
}
