import type { Ranked } from './ranking.ts'

/** Titles of the table's columns. */
export const HEAD = [
  '',
  'class',
  'shape',
  'runs/s at 64',
  'steps/s at 64',
  'runs/s at 256',
  'steps/s at 256',
  'p50 ms',
  'p99 ms',
  'peak MB',
  'lines',
  'ours at 64',
  'ours at 256',
] as const

/** A row of the table, as text. */
export function toCells({ rival, at64, at256, p50, p99, rss, server, lines, ours }: Ranked): string[] {
  return [
    rival.fsync === undefined ? rival.label : `${rival.label}, ${rival.fsync}`,
    rival.durability,
    rival.shape,
    ...[at64, at64 * 3, at256, at256 * 3].map((rate) => rate.toFixed(0)),
    p50.toFixed(2),
    p99.toFixed(1),
    server === undefined ? rss.toFixed(0) : `${rss.toFixed(0)} + ${server.toFixed(0)}`,
    lines === 0 ? '' : String(lines),
    ...(ours === undefined ? ['', ''] : [times(ours.at64), times(ours.at256)]),
  ]
}

function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 1 : 0)} ×`
}
