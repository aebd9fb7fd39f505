import type { EndedRun, Page, Paged } from '../index-port.ts'
import { pageOf, placeAfter } from '../page.ts'
import { sumOwn } from './costs.ts'
import { endOf } from './removal.ts'
import type { MemoryState, RunRow } from './state.ts'
import { findSession } from './turn.ts'

/** The runs of all tenants that ended before a time, the oldest end first. */
export function listEnded(state: MemoryState, before: number, page: Page): Paged<EndedRun> {
  const [time, tenant = '', run = ''] = page.cursor === undefined ? [-1] : placeAfter(page)
  const found = [...state.runs.values()]
    .filter((row) => endOf(row) < before && compare(placeOf(row), [time, tenant, run]) > 0)
    .sort((a, b) => compare(placeOf(a), placeOf(b)))
  return pageOf(found, page, placeOf, (row) => endedRun(state, row))
}

function placeOf(row: RunRow): readonly [number, string, string] {
  return [endOf(row), row.record.tenant, row.record.run]
}

function compare(a: readonly [number, string, string], b: readonly [number, string, string]): number {
  return a[0] - b[0] || order(a[1], b[1]) || order(a[2], b[2])
}

function order(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function endedRun(state: MemoryState, { record, blobs }: RunRow): EndedRun {
  const { tenant, run, session } = record
  const turns = session === undefined ? [] : (findSession(state, tenant, session)?.turns ?? [])
  return {
    record,
    blobs: blobs.toSorted(),
    turns: turns.filter((turn) => turn.run === run),
    cost: sumOwn(state, tenant, run),
  }
}
