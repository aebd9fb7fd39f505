import type { ClaimOutcome, ClaimRequest } from '../coordination.ts'
import type { Answer } from './answer.ts'
import { type Operation, plainOperation, readAll } from './operation.ts'
import { readRecord } from './record.ts'

/** Gives a worker its share of the queue. */
export function claimOperation(request: ClaimRequest): Operation<ClaimOutcome> {
  const { worker, now, slots, releases, any = false, limits, recall = false } = request
  const parts = ['claim', worker, now, slots, releases, any, limits.perAgent, limits.perTenant, recall]
  return plainOperation(parts, readOutcome)
}

function readOutcome(answer: Answer): ClaimOutcome {
  answer.array()
  const runs = readAll(answer, readRecord)
  const held = answer.kind() === 'array' ? { held: readAll(answer, readRecord) } : undefined
  if (held === undefined) answer.skip()
  const nextAt = answer.maybeNumber()
  return { runs, ...held, ...(nextAt === undefined ? undefined : { nextAt }), more: answer.boolean() }
}
