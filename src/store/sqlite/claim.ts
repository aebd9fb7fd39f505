import type { ClaimOutcome, ClaimRequest } from '../coordination.ts'
import { type Candidate, pickFair } from '../fair.ts'
import { pauseOf } from './fact.ts'
import { recordOf } from './run-row.ts'
import type { QueueStatements } from './sql/queue.ts'
import { touch, type Work } from './work.ts'

/** So many timers are moved into the queue by one claim. */
const DUE_BATCH = 1000

/** Queues what is due, then gives the worker its share of the queue, each run with a raised epoch (G2, G9). */
export function applyClaim(work: Work, request: ClaimRequest): ClaimOutcome {
  const { now, slots, worker, limits } = request
  const { queue } = work
  const held = request.recall === true ? { held: queue.heldBy.all(worker).map(recordOf) } : undefined
  if (pauseOf(work) !== undefined) return { runs: [], ...held, more: false }
  let nextAt = queue.nextWake.get()?.wakeAt
  if (nextAt !== undefined && nextAt <= now) {
    for (const { run } of queue.wakeDue.all(now, DUE_BATCH)) touch(work, run)
    nextAt = queue.nextWake.get()?.wakeAt
  }
  const candidates = candidatesFor(queue, request)
  const isContended = candidates.some(({ tenant }) => tenant !== candidates[0]?.tenant)
  const isLimited = limits.perTenant !== undefined || Object.keys(limits.perAgent).length > 0
  const running = candidates.length > 0 && (isContended || isLimited) ? queue.running.all() : []
  // One more than there is room for, to see whether there is more.
  const picked = pickFair(candidates, running, limits, slots + 1)
  const runs = picked.slice(0, slots).flatMap(({ tenant, run }) => {
    const row = queue.take.get(worker, now, tenant, run)
    return row === undefined ? [] : [recordOf(row)]
  })
  for (const { run } of runs) touch(work, run)
  return { runs, ...held, ...(nextAt === undefined ? undefined : { nextAt }), more: picked.length > slots }
}

interface QueuedRun extends Candidate {
  readonly run: string
}

// A loose scan: from each tenant, agent and release that queues to the next, never over the runs between.
function candidatesFor(queue: QueueStatements, { releases, any, slots }: ClaimRequest): readonly QueuedRun[] {
  const candidates: QueuedRun[] = []
  let place = queue.firstQueue.get()
  while (place !== undefined) {
    const { tenant, agent, release } = place
    if (Object.hasOwn(releases, agent) && (any === true || releases[agent] === release)) {
      for (const { run, priority, queuedAt } of queue.front.all(tenant, agent, release, slots + 1)) {
        candidates.push({ tenant, agent, run, priority, queuedAt })
      }
    }
    place = queue.nextQueue.get(tenant, agent, release)
  }
  return candidates
}
