import type { ClaimOutcome, ClaimRequest } from '../coordination.ts'
import { pickFair } from '../fair.ts'
import { pauseOf } from './facts.ts'
import { queueRun } from './move.ts'
import { type MemoryState, putRun, type RunRow } from './state.ts'

/** Queues what is due, then gives the worker its share of the queue, each run with a raised epoch (G2, G9). */
export function applyClaim(state: MemoryState, request: ClaimRequest): ClaimOutcome {
  const { now, slots, limits } = request
  const all = withStatus(state, 'running').map(({ record }) => record)
  const held = request.recall === true ? { held: all.filter(({ worker }) => worker === request.worker) } : {}
  if (pauseOf(state) !== undefined) return { runs: [], ...held, more: false }
  for (const row of withStatus(state, 'suspended')) {
    const { wakeAt } = row.record
    if (wakeAt !== undefined && wakeAt <= now) queueRun(state, row, wakeAt, now)
  }
  const candidates = withStatus(state, 'queued')
    .filter((row) => isHeld(row, request))
    .sort((a, b) => (a.record.run < b.record.run ? -1 : 1))
    .map((row) => ({ ...row.record, queuedAt: row.queuedAt, row }))
  const running = withStatus(state, 'running').map(({ record }) => record)
  // One more than there is room for, to see whether there is more.
  const picked = pickFair(candidates, running, limits, slots + 1)
  const runs = picked.slice(0, slots).map(({ row }) => take(state, row, request))
  const times = withStatus(state, 'suspended').flatMap(({ record }) => record.wakeAt ?? [])
  const nextAt = times.length === 0 ? {} : { nextAt: times.reduce((a, b) => Math.min(a, b)) }
  return { runs, ...held, ...nextAt, more: picked.length > slots }
}

function take(state: MemoryState, row: RunRow, { worker, now }: ClaimRequest): RunRow['record'] {
  const { reason, ...rest } = row.record
  const record = { ...rest, status: 'running', epoch: rest.epoch + 1, worker, updatedAt: now } as const
  putRun(state, { ...row, record })
  return record
}

function isHeld({ record }: RunRow, { releases, any }: ClaimRequest): boolean {
  if (!Object.hasOwn(releases, record.agent)) return false
  return any === true || releases[record.agent] === record.release
}

function withStatus(state: MemoryState, status: RunRow['record']['status']): readonly RunRow[] {
  return [...state.runs.values()].filter(({ record }) => record.status === status)
}
