import type { EndedRun, Page, Paged } from '../index-port.ts'
import { oldestFirst, type Place, pageOf, placeAfter } from '../page.ts'
import { sumOwn } from './costs.ts'
import { endOf } from './removal.ts'
import type { MemoryState, RunRow } from './state.ts'
import { findSession } from './turn.ts'

/** The runs of all tenants that ended before a time, the oldest end first. */
export function listEnded(state: MemoryState, before: number, page: Page): Paged<EndedRun> {
  const after: Place = page.cursor === undefined ? [-1] : placeAfter(page)
  const found = [...state.runs.values()]
    .filter((row) => endOf(row) < before && oldestFirst(placeOf(row), after) > 0)
    .sort((a, b) => oldestFirst(placeOf(a), placeOf(b)))
  return pageOf(found, page, placeOf, (row) => endedRun(state, row))
}

function placeOf(row: RunRow): Place {
  return [endOf(row), row.record.tenant, row.record.run]
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
