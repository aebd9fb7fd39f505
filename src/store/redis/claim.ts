import type { Entry } from '../../core/entry.ts'
import type { RunRecord } from '../../core/run.ts'
import type { ClaimOutcome, ClaimRequest } from '../coordination.ts'
import type { Answer } from './answer.ts'
import { readEntry } from './entry.ts'
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
  const more = answer.boolean()
  const fresh = readFresh(answer, runs)
  return {
    ...{ runs, more, ...held },
    ...(fresh.size === 0 ? undefined : { fresh }),
    ...(nextAt === undefined ? undefined : { nextAt }),
  }
}

function readFresh(answer: Answer, runs: readonly RunRecord[]): ReadonlyMap<string, readonly Entry[]> {
  const fresh = new Map<string, readonly Entry[]>()
  const count = answer.array()
  for (let at = 0; at < count; at++) {
    const record = runs[at]
    if (record === undefined || answer.kind() !== 'text') {
      answer.skip()
      continue
    }
    const entry = readEntry(answer, record.tenant, record.run, 1)
    // One that lies in a blob has to be read after all.
    if (entry.blob === undefined) fresh.set(record.run, [entry])
  }
  return fresh
}
