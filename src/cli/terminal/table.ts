import { escapeText } from './escape.ts'
import type { Style } from './style.ts'
import { pad, textWidth, truncate } from './width.ts'

/** A column: its heading, how a row shows in it, and whether it may be cut to fit. */
export interface Column<T> {
  readonly title: string
  readonly value: (row: T) => string
  readonly align?: 'start' | 'end'
  /** Colours a cell that is already padded. */
  readonly paint?: (text: string, row: T) => string
  /** May shrink, down to 8 cells, when the table is wider than the terminal. */
  readonly flexible?: boolean
}

const GAP = '  '
const SMALLEST = 8

/** Aligned lines, heading first. `width` is the terminal's; without one nothing is cut, so that a pipe gets everything. */
export function renderTable<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  style: Style,
  width?: number,
): readonly string[] {
  const cells = rows.map((row) => columns.map((column) => escapeText(column.value(row))))
  const widths = fit(
    columns,
    columns.map((column, at) => Math.max(textWidth(column.title), ...cells.map((line) => textWidth(line[at] ?? '')))),
    width,
  )
  const heading = columns.map((column, at) => pad(column.title, widths[at] ?? 0, column.align))
  const lines = rows.map((row, index) =>
    columns.map((column, at) => {
      const text = pad(truncate(cells[index]?.[at] ?? '', widths[at] ?? 0), widths[at] ?? 0, column.align)
      return column.paint ? column.paint(text, row) : text
    }),
  )
  return [style.dim(heading.join(GAP).trimEnd()), ...lines.map((line) => line.join(GAP).trimEnd())]
}

/** Names and values in two aligned columns; values may be styled already. */
export function renderFields(fields: readonly (readonly [string, string])[], style: Style): readonly string[] {
  const width = Math.max(...fields.map(([name]) => textWidth(name)))
  return fields.map(([name, value]) => `${style.dim(pad(name, width))}${GAP}${value}`)
}

function fit<T>(columns: readonly Column<T>[], widths: readonly number[], width: number | undefined): number[] {
  const fitted = [...widths]
  if (width === undefined) return fitted
  let over = fitted.reduce((sum, cells) => sum + cells, 0) + GAP.length * (columns.length - 1) - width
  while (over > 0) {
    const at = widest(columns, fitted)
    if (at === undefined) break
    fitted[at] = (fitted[at] ?? 0) - 1
    over -= 1
  }
  return fitted
}

function widest<T>(columns: readonly Column<T>[], widths: readonly number[]): number | undefined {
  let found: number | undefined
  for (const [at, column] of columns.entries()) {
    const cells = widths[at] ?? 0
    if (column.flexible && cells > SMALLEST && (found === undefined || cells > (widths[found] ?? 0))) found = at
  }
  return found
}
