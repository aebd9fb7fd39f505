import type { RunRecord, RunStatus } from '../../core/run.ts'
import type { Answer } from './answer.ts'
import { type Operation, plainOperation } from './operation.ts'

/** A run's name in the store. A tenant has no colon. */
export function idOf(tenant: string, run: string): string {
  return `${tenant}:${run}`
}

/** Tenant and run of such a name. */
export function splitId(id: string): { readonly tenant: string; readonly run: string } {
  const at = id.indexOf(':')
  return { tenant: id.slice(0, at), run: id.slice(at + 1) }
}

/** Tags as Lua has them: names and values, one after another; undefined when there are none. */
export function tagParts(tags: Readonly<Record<string, string>>): readonly string[] | undefined {
  const parts = Object.entries(tags).flat()
  return parts.length === 0 ? undefined : parts
}

/** Reads tags, or that there are none. */
export function readTags(answer: Answer): Readonly<Record<string, string>> {
  if (answer.kind() !== 'array') {
    answer.skip()
    return {}
  }
  return Object.fromEntries(Array.from({ length: answer.array() / 2 }, () => [answer.text(), answer.text()]))
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

/** Reads a record: the run's name, and its row. */
export function readRecord(answer: Answer): RunRecord {
  answer.array()
  const { tenant, run } = splitId(answer.text())
  return readRow(answer, tenant, run)
}

/** Reads a row as far as answers carry it, whose places `record.lua` names. */
function readRow(answer: Answer, tenant: string, run: string): RunRecord {
  answer.array()
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
  const agent = answer.text()
  const release = answer.text()
  const session = answer.maybeText()
  const priority = answer.number()
  const createdAt = answer.number()
  const parent = readParent(answer)
  const tags = readTags(answer)
  return {
    ...{ tenant, run, agent, release },
    // Written by the library.
    status: status as RunStatus,
    ...{ epoch, sequence, bytes, crashes, updatedAt, priority, createdAt, tags },
    ...(session === undefined ? undefined : { session }),
    ...(parent === undefined ? undefined : { parent }),
    ...(worker === undefined ? undefined : { worker }),
    ...(wakeAt === undefined ? undefined : { wakeAt }),
    ...(endedAt === undefined ? undefined : { endedAt }),
    ...(reason === undefined ? undefined : { reason }),
    ...(snapshot === undefined ? undefined : { snapshot }),
  }
}

function readParent(answer: Answer): RunRecord['parent'] {
  if (answer.kind() !== 'array') return void answer.skip()
  answer.array()
  return { run: answer.text(), step: answer.text() }
}
