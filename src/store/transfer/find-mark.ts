import { createHash } from 'node:crypto'
import { PolisError } from '../../core/error.ts'
import type { Begun } from './export.ts'
import { type Header, header, type Mark, mark } from './file.ts'
import { parseLine } from './line.ts'
import type { Line } from './split-lines.ts'

/** What there is of an export that was cut off: its header, and the last mark up to which it is whole, with that line's number. */
export interface Found {
  readonly header: Header
  readonly mark: Mark
  readonly number: number
}

/** Looks how far an export got; undefined when it has no mark yet. Lines that are damaged are as good as not there. */
export async function findMark(lines: AsyncIterable<Line>): Promise<Found | undefined> {
  let number = 0
  let first: Header | undefined
  let found: Found | undefined
  try {
    for await (const { text, whole } of lines) {
      if (!whole) break
      number += 1
      const value = parseLine(text, number)
      if (number === 1) first = header.parse(value)
      if (value.kind === 'mark' && first !== undefined) found = { header: first, mark: mark.parse(value), number }
    }
  } catch {
    // It is whole up to here, which is what was asked.
  }
  return found
}

/** The lines up to the mark, each with its line feed; `begun` is where the export goes on behind them. */
export async function* linesUpTo(lines: AsyncIterable<Line>, { mark, number }: Found, begin: (begun: Begun) => void) {
  const hash = createHash('sha256')
  let at = 0
  for await (const { text } of lines) {
    at += 1
    if (at > 1) hash.update(`${text}\n`)
    yield `${text}\n`
    if (at < number) continue
    begin({ number, hash, mark })
    return
  }
  throw new PolisError('CONFLICT', `Expected ${number} lines of an export, got ${at}: another process changes the file`)
}
