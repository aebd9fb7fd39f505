import { hasEnded } from '../../core/run.ts'
import { handsOn, isHandedOn } from '../hand-on.ts'
import type { Commit, Transition } from '../journal.ts'
import { applyDeliver, messageOf } from './deliver.ts'
import { insertEntries, referTo } from './entry.ts'
import { applySpending, overrunOf } from './spend.ts'
import { applySubmit } from './submit.ts'
import { progress, type Work } from './work.ts'

/** Whether nothing that others share is in the commit's way: a question that is closed already, a budget without room, an unread event. */
export function isFree(work: Work, commit: Commit): boolean {
  return areOpen(work, commit) && overrunOf(work, commit) === undefined && !leavesUnread(work, commit)
}

function areOpen(work: Work, { tenant, run, closes }: Commit): boolean {
  return closes === undefined || closes.every((id) => work.inbox.isOpen.get(tenant, run, id) !== undefined)
}

// It ends its run, and nobody would ever read the event.
function leavesUnread(work: Work, { tenant, run, consumed, next }: Commit): boolean {
  if (next === undefined || !hasEnded(next.status) || handsOn(next)) return false
  return work.inbox.events.all(tenant, run).some(({ id }) => consumed?.includes(id) !== true)
}

/** What a run that is continued has not read, for the run that it goes on as: taken before the run ends, delivered once that is there. */
export function handOn(work: Work, { tenant, run, next }: Commit, now: number): () => void {
  if (next === undefined || !handsOn(next)) return nothing
  const left = work.inbox.ofRun.all(tenant, run).map(messageOf).filter(isHandedOn)
  return () => {
    for (const message of left) applyDeliver(work, { ...message, run: next.to }, now)
  }
}

/** Writes what the commit does to its own run beside its row. */
export function recordParts(work: Work, commit: Commit, now: number): void {
  const { tenant, run, entries, consumed, closes, withdraws, asks, session, title, snapshot, blobs } = commit
  insertEntries(work, entries)
  if (consumed !== undefined) for (const id of consumed) work.inbox.consume.run(tenant, run, id)
  if (closes !== undefined) for (const id of closes) work.inbox.close.run(tenant, run, id)
  if (withdraws !== undefined) for (const id of withdraws) work.inbox.close.run(tenant, run, id)
  if (asks !== undefined) {
    for (const { id, agent, askedAt, deadline, payload, assignee } of asks) {
      work.inbox.ask.run(tenant, run, id, agent, askedAt, deadline ?? null, payload, assignee ?? null)
    }
  }
  if (session === 'restore') work.sessions.restore.run(now, tenant, run)
  else if (session !== undefined) work.sessions.write.run(session.state, now, tenant, run)
  if (title !== undefined) work.sessions.entitle.run(title, now, tenant, run)
  if (snapshot !== undefined) work.runs.resumeFrom.run(snapshot, tenant, run)
  referTo(work, commit, blobs)
  applySpending(work, commit, now)
  progress(work, run)
}

/** Delivers the commit's messages. */
export function deliverAll(work: Work, { messages }: Commit, now: number): void {
  if (messages !== undefined) for (const message of messages) applyDeliver(work, message, now)
}

/** Submits the commit's runs. */
export function submitAll(work: Work, { submits }: Commit, now: number): void {
  if (submits !== undefined) for (const submit of submits) applySubmit(work, submit, now)
}

/** Where the run's row stands after a transition: status, reason, wakeAt, endedAt, queuedAt. */
export function standing(next: Transition, now: number) {
  const wakeAt = next.status === 'suspended' ? (next.wakeAt ?? null) : null
  const queuedAt = next.status === 'queued' ? next.at : now
  return [next.status, next.reason ?? null, wakeAt, hasEnded(next.status) ? now : null, queuedAt] as const
}

function nothing(): void {}
