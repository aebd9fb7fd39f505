import type { NewSession, SessionChange } from '../session.ts'
import type { MemoryState } from './state.ts'
import { findSession, newSession, putSession } from './turn.ts'

/** Begins a session without a run; false when there is one of that name. */
export function createSession(state: MemoryState, given: NewSession, now: number): boolean {
  const { tenant, session, title, tags, ttl } = given
  if (findSession(state, tenant, session) !== undefined) return false
  putSession(state, {
    ...newSession(given, session, now),
    tags,
    ...(title === undefined ? {} : { title, named: true }),
    ...(ttl === undefined ? {} : { ttl }),
  })
  return true
}

/** Changes what clients say of a session; false when there is none. */
export function changeSession(
  state: MemoryState,
  tenant: string,
  session: string,
  change: SessionChange,
  now: number,
): boolean {
  const row = findSession(state, tenant, session)
  if (row === undefined) return false
  const { title: titleBefore, ttl: ttlBefore, ...rest } = row
  const title = change.title === undefined ? titleBefore : change.title
  const ttl = change.ttl === undefined ? ttlBefore : change.ttl
  putSession(state, {
    ...rest,
    tags: change.tags ?? row.tags,
    named: change.title === undefined ? row.named : change.title !== null,
    ...(title === undefined || title === null ? {} : { title }),
    ...(ttl === undefined || ttl === null ? {} : { ttl }),
    updatedAt: now,
  })
  return true
}
