import type { RunRecord, RunStatus } from '../../core/run.ts'
import type { Answer } from './answer.ts'
import { type Operation, plainOperation } from './operation.ts'

/** What never changes of a run: kept as JSON, which Lua does not read. */
export type Facts = Pick<
  RunRecord,
  'tenant' | 'run' | 'agent' | 'release' | 'session' | 'parent' | 'priority' | 'tags' | 'createdAt'
>

/** A run's name in the store. A tenant has no colon. */
export function idOf(tenant: string, run: string): string {
  return `${tenant}:${run}`
}

/** Tenant and run of such a name. */
export function splitId(id: string): { readonly tenant: string; readonly run: string } {
  const at = id.indexOf(':')
  return { tenant: id.slice(0, at), run: id.slice(at + 1) }
}

/** The facts of a record. */
export function factsOf({ tenant, run, agent, release, session, parent, priority, tags, createdAt }: RunRecord): Facts {
  return {
    tenant,
    run,
    agent,
    release,
    priority,
    tags,
    createdAt,
    ...(session === undefined ? undefined : { session }),
    ...(parent === undefined ? undefined : { parent }),
  }
}

/** Asks for a run's record. */
export function getOperation(tenant: string, run: string): Operation<RunRecord | undefined> {
  return plainOperation(['get', idOf(tenant, run)], readMaybeRecord)
}

/** Reads a record, or that there is none. */
function readMaybeRecord(answer: Answer): RunRecord | undefined {
  if (answer.kind() === 'array') return readRecord(answer)
  answer.skip()
  return undefined
}

/** Reads a record: what never changes, and the row, whose places `record.lua` names. */
export function readRecord(answer: Answer): RunRecord {
  answer.array()
  // Written by packSubmit.
  return readRow(answer, JSON.parse(answer.text()) as Facts)
}

/** The places of a row that records need; the others are Lua's own. */
const READ = 12

/** Reads a row, with what is known of its run. */
export function readRow(answer: Answer, facts: Facts): RunRecord {
  const places = answer.array()
  const status = answer.text()
  const epoch = answer.number()
  const sequence = answer.number()
  const bytes = answer.number()
  const crashes = answer.number()
  const updatedAt = answer.number()
  answer.skip()
  const worker = answer.maybeText()
  const wakeAt = answer.maybeNumber()
  const endedAt = answer.maybeNumber()
  const reason = answer.maybeText()
  const snapshot = answer.maybeNumber()
  for (let left = places - READ; left > 0; left--) answer.skip()
  return {
    ...facts,
    // Written by the library.
    status: status as RunStatus,
    epoch,
    sequence,
    bytes,
    crashes,
    updatedAt,
    ...(worker === undefined ? undefined : { worker }),
    ...(wakeAt === undefined ? undefined : { wakeAt }),
    ...(endedAt === undefined ? undefined : { endedAt }),
    ...(reason === undefined ? undefined : { reason }),
    ...(snapshot === undefined ? undefined : { snapshot }),
  }
}
