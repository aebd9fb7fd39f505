import { hasEnded } from '../../core/run.ts'
import type { Commit, CommitOutcome, Transition } from '../journal.ts'
import { isProgress } from '../progress.ts'
import { deliverAll, handOn, isFree, recordParts, standing, submitAll } from './commit-part.ts'
import { finishRun } from './end.ts'
import { isWoken, moveRun } from './move.ts'
import { refusal } from './refusal.ts'
import { applySeize } from './seize.ts'
import { checkFirst, follows } from './submit.ts'
import { passTurn } from './turn.ts'
import { touch, type Work } from './work.ts'

/**
 * Does a commit wholly, or answers why not.
 *
 * The hot path of the store: one guarded UPDATE of the run, which finds out whether epoch, head and status are as the holder
 * believes, then the rows. Only when it changes nothing is it asked why.
 */
export function applyCommit(work: Work, commit: Commit, now: number): CommitOutcome {
  if (commit.submits !== undefined) for (const submit of commit.submits) checkFirst(submit)
  if (commit.seize === true) return applySeize(work, commit, now)
  const { entries, next } = commit
  const first = entries[0]?.sequence
  if (first !== undefined && !follows(entries, commit, first)) return refusal(work, commit)
  if (!isFree(work, commit)) return refusal(work, commit)
  return next === undefined || isToItself(commit) ? advance(work, commit, now) : move(work, commit, next, now)
}

// The run stays with its holder, or is moved on by a second write: its own message comes first.
function advance(work: Work, commit: Commit, now: number): CommitOutcome {
  const { tenant, run, next } = commit
  if (work.runs.advance.run(...head(commit, now)).changes === 0) return refusal(work, commit)
  recordParts(work, commit, now)
  deliverAll(work, commit, now)
  const row = next === undefined ? undefined : work.runs.get.get(tenant, run)
  const deliverLeft = handOn(work, commit, now)
  if (next !== undefined && row !== undefined) moveRun(work, row, next, now)
  submitAll(work, commit, now)
  deliverLeft()
  if (row === undefined) return { kind: 'committed', status: 'running' }
  if (row.session !== null) passTurn(work, tenant, row.session, now)
  return { kind: 'committed', status: work.runs.status.get(tenant, run)?.status ?? row.status }
}

function move(work: Work, commit: Commit, next: Transition, now: number): CommitOutcome {
  const { tenant, run } = commit
  const { status } = next
  if (work.runs.move.run(...head(commit, now), ...standing(next, now)).changes === 0) return refusal(work, commit)
  recordParts(work, commit, now)
  touch(work, run)
  touch(work, run)
  deliverAll(work, commit, now)
  if (isWoken(status)) work.runs.wakeToRead.run(now, tenant, run)
  const ended = hasEnded(status) ? work.runs.holdings.get(tenant, run) : undefined
  const deliverLeft = handOn(work, commit, now)
  if (ended !== undefined) finishRun(work, ended, now)
  submitAll(work, commit, now)
  deliverLeft()
  if (ended !== undefined && ended.session !== null) passTurn(work, tenant, ended.session, now)
  if (!isWoken(status)) return { kind: 'committed', status }
  return { kind: 'committed', status: work.runs.status.get(tenant, run)?.status ?? status }
}

function isToItself({ tenant, run, messages }: Commit): boolean {
  return messages?.some((message) => message.run === run && message.tenant === tenant) ?? false
}

function head({ tenant, run, epoch, entries }: Commit, now: number) {
  let bytes = 0
  for (const { payload } of entries) bytes += payload.byteLength
  const first = entries[0]?.sequence
  const progress = isProgress(entries) ? 1 : 0
  return [entries.length, bytes, now, tenant, run, epoch, first === undefined ? null : first - 1, progress] as const
}
