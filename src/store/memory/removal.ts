import { hasEnded, type RunRecord } from '../../core/run.ts'
import type { ExpireRequest } from '../index-port.ts'
import { sessionTopic } from '../session.ts'
import { expireSpending } from './costs.ts'
import { pauseOf } from './facts.ts'
import { findRun, inboxOf, type MemoryState, questionsOf, type RunRow, type SessionRow } from './state.ts'
import { keyOf } from './table.ts'
import { findSession } from './turn.ts'

/** How long a blob that no run refers to is kept (ms). */
const BLOB_LIFE = 24 * 60 * 60 * 1000

/** Removes an ended run with all that is only its own. Its idempotency key stays, with the record as it was. */
export function removeRun(state: MemoryState, tenant: string, run: string, sequence?: number): boolean {
  const row = findRun(state, tenant, run)
  if (row === undefined || !hasEnded(row.record.status)) return false
  if (sequence !== undefined && sequence !== row.record.sequence) return false
  const key = row.key === undefined ? undefined : state.keys.get(row.key)
  if (row.key !== undefined && key?.run.run === run) state.keys.set(row.key, { ...key, run: row.record })
  for (const { message } of inboxOf(state, tenant, run)) state.inbox.delete(keyOf(tenant, run, message.id))
  for (const { id } of questionsOf(state, tenant, run)) state.questions.delete(keyOf(tenant, run, id))
  state.journals.delete(keyOf(tenant, run))
  state.delivered.delete(keyOf(tenant, run))
  state.runs.delete(keyOf(tenant, run))
  forgetTurns(state, row.record)
  state.touched.add(run)
  return true
}

/** Removes a session that no unfinished run needs. */
export function removeSession(state: MemoryState, tenant: string, session: string): boolean {
  const row = findSession(state, tenant, session)
  if (row === undefined || row.active !== undefined || row.blocked.length > 0) return false
  state.touched.add(sessionTopic(session))
  return state.sessions.delete(keyOf(tenant, session))
}

/** Removes a session's ended runs, each with those below it, until so many are gone; answers how many. */
export function removeSessionRuns(state: MemoryState, tenant: string, session: string, limit: number): number {
  const records = [...state.runs.values()].map(({ record }) => record).filter((record) => record.tenant === tenant)
  const ended = records.filter((record) => record.session === session && hasEnded(record.status))
  let removed = 0
  for (const { run } of ended.sort(oldest).slice(0, limit)) {
    removed += removeFamily(state, records, { tenant, run }, limit - removed)
  }
  return removed
}

// The lowest first: without the run nobody would find those below it.
function removeFamily(
  state: MemoryState,
  records: readonly RunRecord[],
  { tenant, run }: Pick<RunRecord, 'tenant' | 'run'>,
  limit: number,
): number {
  let removed = 0
  for (const child of records.filter(({ parent }) => parent?.run === run).sort(oldest)) {
    removed += removeFamily(state, records, child, limit - removed)
  }
  return removed < limit && removeRun(state, tenant, run) ? removed + 1 : removed
}

function oldest(a: RunRecord, b: RunRecord): number {
  return a.createdAt - b.createdAt || (a.run < b.run ? -1 : 1)
}

function forgetTurns(state: MemoryState, { tenant, run, session }: RunRecord): void {
  const row = session === undefined ? undefined : findSession(state, tenant, session)
  if (row === undefined) return
  const turns = row.turns.filter((turn) => turn.run !== run)
  state.sessions.set(keyOf(tenant, row.session), { ...row, turns })
}

/** Removes what is past its time, of a store that is not paused; answers how many runs. */
export function applyExpire(state: MemoryState, { endedBefore, chargedBefore, now, limit }: ExpireRequest): number {
  if (pauseOf(state) !== undefined) return 0
  const old = [...state.runs.values()].filter((row) => endedBefore !== undefined && endOf(row) < endedBefore)
  const removed = old.sort(oldestEnd).slice(0, limit)
  for (const { record } of removed) removeRun(state, record.tenant, record.run)
  const sessions = expireSessions(state, now, limit - removed.length)
  expireKeys(state, now)
  expireBlobs(state, now)
  if (chargedBefore !== undefined) expireSpending(state, chargedBefore)
  return removed.length + sessions
}

function expireSessions(state: MemoryState, now: number, limit: number): number {
  const overdue = [...state.sessions.values()].filter((row) => row.active === undefined && lifeEnd(row) <= now)
  let removed = 0
  for (const { tenant, session } of overdue.sort(firstOver)) {
    if (removed >= limit) break
    removed += removeSessionRuns(state, tenant, session, limit - removed)
    if (removed < limit && removeSession(state, tenant, session)) removed++
  }
  return removed
}

function lifeEnd({ updatedAt, ttl }: SessionRow): number {
  return ttl === undefined ? Number.POSITIVE_INFINITY : updatedAt + ttl
}

function firstOver(a: SessionRow, b: SessionRow): number {
  return lifeEnd(a) - lifeEnd(b) || (keyOf(a.tenant, a.session) < keyOf(b.tenant, b.session) ? -1 : 1)
}

function oldestEnd(a: RunRow, b: RunRow): number {
  const [x, y] = [a, b].map(({ record }) => keyOf(record.tenant, record.run))
  return endOf(a) - endOf(b) || ((x ?? '') < (y ?? '') ? -1 : 1)
}

/** When a run ended (ms); never for one that has not. */
export function endOf({ record }: RunRow): number {
  return hasEnded(record.status) ? (record.endedAt ?? record.updatedAt) : Number.POSITIVE_INFINITY
}

function expireKeys(state: MemoryState, now: number): void {
  for (const key of [...state.keys.keys()]) {
    const endsAt = state.keys.get(key)?.endsAt
    if (endsAt !== undefined && endsAt <= now) state.keys.delete(key)
  }
}

function expireBlobs(state: MemoryState, now: number): void {
  const used = new Set(
    [...state.runs.values()].flatMap(({ record, blobs }) => blobs.map((hash) => keyOf(record.tenant, hash))),
  )
  for (const { tenant, record } of [...state.blobs.values()]) {
    const key = keyOf(tenant, record.hash)
    if (!used.has(key) && record.createdAt + BLOB_LIFE <= now) state.blobs.delete(key)
  }
}
