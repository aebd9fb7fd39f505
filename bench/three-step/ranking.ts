import { median } from '../child.ts'
import type { PeerMeasured } from '../peer/one.ts'
import type { Series } from './beside.ts'
import type { Rival } from './rival.ts'
import { userLines } from './user-lines.ts'

/** One row of the table: medians over the rounds. Rates are runs a second, latencies ms of one run at a time, memory MB. */
export interface Ranked {
  readonly rival: Rival
  readonly at64: number
  readonly at256: number
  readonly p50: number
  readonly p99: number
  readonly rss: number
  readonly server?: number
  readonly lines: number
  /** Ours of the same class and shape, on a store of the same sort, divided by it; absent for ours, and where ours was not measured. */
  readonly ours?: { readonly at64: number; readonly at256: number }
}

/** Medians of each rival beside ours, of the same run. */
export function rank(series: readonly Series[]): Ranked[] {
  const rivals = [...new Set(series.map(({ rival }) => rival))]
  const rows = rivals.map((rival) => toRow(rival, series))
  return rows.map((row) => {
    const ours = rows.find(({ rival }) => isOurs(rival) && isAlike(rival, row.rival))
    if (ours === undefined || isOurs(row.rival)) return row
    return { ...row, ours: { at64: ours.at64 / row.at64, at256: ours.at256 / row.at256 } }
  })
}

/** Whether it is this project. */
export function isOurs({ key }: Rival): boolean {
  return key.startsWith('ours')
}

function isAlike(left: Rival, right: Rival): boolean {
  return left.durability === right.durability && left.shape === right.shape && left.embedded === right.embedded
}

function toRow(rival: Rival, series: readonly Series[]): Ranked {
  const of = (concurrency: number, read: (measured: PeerMeasured) => number) => {
    const found = series.find((one) => one.rival === rival && one.concurrency === concurrency)
    return median(found?.all.map(read) ?? [])
  }
  const rate = ({ runs, seconds }: PeerMeasured) => runs / seconds
  const server = of(64, (measured) => measured.server ?? Number.NaN)
  return {
    rival,
    at64: of(64, rate),
    at256: of(256, rate),
    p50: of(1, ({ p50 }) => p50),
    p99: of(1, ({ p99 }) => p99),
    rss: of(64, ({ rss }) => rss),
    ...(Number.isNaN(server) ? {} : { server }),
    lines: userLines(rival.module),
  }
}
