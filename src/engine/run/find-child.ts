import { hasEnded } from '../../core/run.ts'
import type { ChildEnd } from '../ending.ts'
import { decodeEntry } from '../journal-entry.ts'
import type { Operation, Residence } from './residence.ts'

/**
 * Looks up a child whose end may have been told to a run that had ended itself: answers how it ended, `waiting` while it has not,
 * `none` when it has to be started anew, being gone or cancelled with its parent.
 */
export async function findChild(
  residence: Residence,
  operation: Operation,
  run: string,
): Promise<ChildEnd | 'waiting' | 'none'> {
  const {
    engine: { store },
    record: { tenant },
  } = residence
  const record = await store.index.get(tenant, run)
  if (record === undefined || record.status === 'cancelled') return 'none'
  if (!hasEnded(record.status)) return 'waiting'
  const [last] = await store.journal.read(tenant, run, record.sequence - 1, 1)
  if (last === undefined) return 'none'
  const { kind, data } = await decodeEntry(store.blob, last)
  const child = { run, step: operation.id, status: record.status }
  if (kind === 'run-completed') return { ...child, output: data.output }
  if (kind === 'run-continued') return findChild(residence, operation, data.run)
  return 'error' in data && data.error !== undefined ? { ...child, error: data.error } : child
}
