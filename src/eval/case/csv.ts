import { PolisError } from '../../core/error.ts'

/** The rows of a CSV text (RFC 4180: quotes around what has commas, quotes or line ends), as objects by its heading. */
export function parseCsv(text: string): readonly Readonly<Record<string, string>>[] {
  const [heading, ...rows] = readRows(text.replace(/^\uFEFF/, ''))
  if (heading === undefined) return []
  return rows.map((row, at) => {
    if (row.length !== heading.length)
      throw new PolisError(
        'INVALID_CONFIG',
        `row ${at + 2}: expected ${heading.length} fields as in the heading, got ${row.length}`,
      )
    return Object.fromEntries(heading.map((name, column) => [name.trim(), row[column] ?? '']))
  })
}

const FIELD = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y

function readRows(text: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  FIELD.lastIndex = 0
  while (FIELD.lastIndex < text.length || row.length > 0) {
    const found = FIELD.exec(text)
    if (found === null)
      throw new PolisError(
        'INVALID_CONFIG',
        `row ${rows.length + 1}: a quote stands in the wrong place, or is never closed`,
      )
    const [, quoted, plain = '', end] = found
    row.push(quoted?.replaceAll('""', '"') ?? plain)
    if (end === ',') continue
    // An empty line is no row.
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
  }
  return rows
}
