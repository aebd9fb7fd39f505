import type { Entry } from '../../core/entry.ts'
import { hasEnded, type RunRecord } from '../../core/run.ts'
import { handsOn, isHandedOn } from '../hand-on.ts'
import type { Commit, CommitOutcome, Message } from '../journal.ts'
import { findOverrun } from '../overrun.ts'
import { isProgress } from '../progress.ts'
import { applyDeliver } from './deliver.ts'
import { moveRun } from './move.ts'
import { applySpending, bookOpen, standingOf } from './spend.ts'
import { findRun, inboxOf, type MemoryState, putRun, type RunRow } from './state.ts'
import { applySubmit, blobsOf, bytesOf, checkEntries, ownEntry } from './submit.ts'
import { keyOf } from './table.ts'
import { entitleSession, passTurn, writeSession } from './turn.ts'

/** Does a commit wholly, or answers why not. The order of the guards is the contract's. */
export function applyCommit(state: MemoryState, commit: Commit, now: number): CommitOutcome {
  const row = findRun(state, commit.tenant, commit.run)
  if (row === undefined) return { kind: 'conflict', reason: `There is no run ${commit.run}` }
  const refusal = refuse(row.record, commit)
  if (isRetry(state, commit)) {
    return (isToGoOn(commit) ? refusal : undefined) ?? { kind: 'committed', status: row.record.status }
  }
  if (refusal !== undefined) return refusal
  checkEntries(commit.entries, commit, row.record.sequence + 1)
  const closed = commit.closes?.find((id) => !state.questions.get(keyOf(commit.tenant, commit.run, id)))
  if (closed !== undefined) return { kind: 'conflict', reason: `Question ${closed} is not open any more` }
  const overrun = commit.reserves === undefined ? undefined : findOverrun(commit, standingOf(state, commit))
  if (overrun !== undefined) return { kind: 'over-budget', ...overrun }
  if (leavesUnread(state, commit)) return { kind: 'unread' }
  record(state, row, commit, now)
  reachOut(state, commit, now)
  return { kind: 'committed', status: findRun(state, commit.tenant, commit.run)?.record.status ?? row.record.status }
}

function isRetry(state: MemoryState, { tenant, run, entries }: Commit): boolean {
  const journal = state.journals.get(keyOf(tenant, run))
  return entries.length > 0 && entries.every((entry) => sameEntry(entry, journal[entry.sequence - 1]))
}

// After it the run stays with its holder.
function isToGoOn({ seize, next }: Commit): boolean {
  return seize !== true && next === undefined
}

function sameEntry(a: Entry, b: Entry | undefined): boolean {
  if (b === undefined || Buffer.compare(a.payload, b.payload) !== 0) return false
  const headers = [a, b].map(({ payload, ...header }) => JSON.stringify(Object.entries(header).sort()))
  return headers[0] === headers[1]
}

function refuse(held: RunRecord, commit: Commit): CommitOutcome | undefined {
  const { epoch, status, sequence } = held
  if (commit.seize !== true) {
    return commit.epoch === epoch && status === 'running' ? undefined : { kind: 'fenced', epoch }
  }
  if (status === 'running') return { kind: 'conflict', reason: `Run ${held.run} is held by a worker` }
  if (commit.epoch !== epoch + 1) return { kind: 'conflict', reason: `Run ${held.run} is at epoch ${epoch}` }
  const first = commit.entries[0]?.sequence ?? sequence + 1
  return first === sequence + 1 ? undefined : { kind: 'conflict', reason: `Run ${held.run} is at entry ${sequence}` }
}

// What the commit does to its own run, short of where the run stands afterwards.
function record(state: MemoryState, row: RunRow, commit: Commit, now: number): void {
  const { tenant, run, entries, epoch, snapshot } = commit
  state.journals.push(keyOf(tenant, run), entries.map(ownEntry))
  for (const id of commit.consumed ?? []) state.inbox.delete(keyOf(tenant, run, id))
  for (const id of [...(commit.closes ?? []), ...(commit.withdraws ?? [])])
    state.questions.delete(keyOf(tenant, run, id))
  for (const question of commit.asks ?? []) {
    state.questions.set(keyOf(tenant, run, question.id), { ...question, payload: new Uint8Array(question.payload) })
  }
  applySpending(state, commit, now)
  if (commit.session !== undefined) writeSession(state, row.record, commit.session, now)
  if (commit.title !== undefined) entitleSession(state, row.record, commit.title, now)
  const sequence = row.record.sequence + entries.length
  const bytes = row.record.bytes + bytesOf(entries)
  const crashes = isProgress(entries) ? 0 : row.record.crashes
  const blobs = blobsOf(row.blobs, commit.blobs, entries)
  const resumed = snapshot === undefined ? {} : { snapshot }
  const held = { ...row.record, ...resumed, epoch, sequence, bytes, crashes, updatedAt: now }
  putRun(state, { ...row, blobs, record: held })
}

// A run that ends gives its turn first to a run of this very commit, its continuation, and only then to those that wait.
function reachOut(state: MemoryState, commit: Commit, now: number): void {
  for (const message of commit.messages ?? []) applyDeliver(state, message, now)
  const row = findRun(state, commit.tenant, commit.run)
  if (row === undefined) return
  const { next } = commit
  const left = next !== undefined && handsOn(next) ? leftFor(state, commit, next.to) : []
  if (next !== undefined) moveRun(state, row, next, now)
  // One that has ended, and stays so, holds nothing.
  else if (hasEnded(row.record.status)) bookOpen(state, commit.tenant, commit.run, now)
  for (const submit of commit.submits ?? []) applySubmit(state, submit, now)
  for (const message of left) applyDeliver(state, message, now)
  if (row.record.session !== undefined) passTurn(state, commit.tenant, row.record.session, now)
}

function leftFor(state: MemoryState, { tenant, run }: Commit, to: string): readonly Message[] {
  const left = inboxOf(state, tenant, run).map(({ message }) => message)
  return left.filter(isHandedOn).map((message) => ({ ...message, run: to }))
}

function leavesUnread(state: MemoryState, { tenant, run, next, consumed = [] }: Commit): boolean {
  if (next === undefined || !hasEnded(next.status) || handsOn(next)) return false
  return inboxOf(state, tenant, run).some(({ message }) => message.kind === 'event' && !consumed.includes(message.id))
}
