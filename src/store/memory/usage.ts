import { type PartUsage, type StorePart, type StoreUsage, sumParts } from '../usage.ts'
import type { MemoryState } from './state.ts'
import { keyOf, type Table } from './table.ts'

/** What the state holds: bytes are those that clients gave, and the rest as JSON. */
export function measure(state: MemoryState): StoreUsage {
  const records = [...state.runs.values()].map(({ record }) => record)
  const journals = records.map(({ tenant, run }) => state.journals.get(keyOf(tenant, run)))
  const rows: readonly PartUsage[] = [
    part('runs', state.runs),
    ...journals.map((entries): PartUsage => {
      const bytes = entries.reduce((sum, { payload }) => sum + payload.byteLength, 0)
      return { part: 'journals', count: entries.length, bytes }
    }),
    ...[part('inboxes', state.inbox), part('inboxes', state.questions), part('sessions', state.sessions)],
    ...[part('keys', state.keys), part('ledger', state.charges), part('other', state.schedules)],
    part('other', state.workers),
    ...[...state.blobs.values()].map(({ record }): PartUsage => ({ part: 'blobs', count: 1, bytes: record.size })),
  ]
  const byStatus = [...Map.groupBy(records, ({ status }) => status)]
  const parts = sumParts(rows)
  return {
    parts,
    runs: byStatus.map(([status, { length }]) => ({ status, count: length })),
    kind: 'memory',
    used: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    estimated: true,
  }
}

function part(name: StorePart, table: Table<unknown>): PartUsage {
  const rows = [...table.values()]
  return { part: name, count: rows.length, bytes: JSON.stringify(rows).length }
}
