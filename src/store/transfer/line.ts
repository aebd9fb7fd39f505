import { crc32 } from 'node:zlib'
import { canonical } from '../../core/canonical.ts'
import { PolisError } from '../../core/error.ts'

/** What ends each line, before its closing brace: the CRC-32 of all that is before it. */
const SUM = ',"sum":"'
const TAIL = `${SUM}00000000"}`.length

/** A line of an export: JSON with the line's number first and its checksum last, without the line feed. */
export function toLine(number: number, value: object): string {
  // Sorted, so that rows are the same text whatever store they were read from.
  const body = `{"n":${number},${canonical(value).slice(1, -1)}`
  return `${body}${SUM}${sumOf(body)}"}`
}

/** What the line says, once its number and checksum are found right. INVALID_ARGUMENT when it is damaged, in words that name the line. */
export function parseLine(line: string, number: number): Readonly<Record<string, unknown>> {
  const body = line.slice(0, -TAIL)
  if (line.length <= TAIL || !line.startsWith(SUM, body.length)) {
    throw damaged(number, `a JSON object that ends with its checksum ("sum"), got ${JSON.stringify(shown(line))}`)
  }
  const [said, is] = [line.slice(body.length + SUM.length, -2), sumOf(body)]
  if (said !== is) throw damaged(number, `the checksum ${said} as the line says, got ${is}`)
  const { n, sum, ...value }: Readonly<Record<string, unknown>> = JSON.parse(line)
  if (n !== number) throw damaged(number, `line ${number}, got the one that is numbered ${String(n)}`)
  return value
}

/** What is thrown of a line that cannot be used. */
export function damaged(number: number, expected: string): PolisError {
  return new PolisError('INVALID_ARGUMENT', `Line ${number} of the export is damaged: expected ${expected}`, {
    details: { line: number },
  })
}

function sumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}

function shown(line: string): string {
  return line.length > 60 ? `${line.slice(0, 60)}…` : line
}
