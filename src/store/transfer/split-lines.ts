import { PolisError } from '../../core/error.ts'

/** A line that is longer is of no export: strings of it could not be made. */
const LONGEST = 256 * 1024 * 1024

/** A line of a file; `whole` is false for a last one without its line feed. */
export interface Line {
  readonly text: string
  readonly whole: boolean
}

/** The lines of a stream of bytes, in order; memory is bounded by the longest. */
export async function* splitLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let pieces: Uint8Array[] = []
  let length = 0
  for await (const chunk of source) {
    let from = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      pieces.push(chunk.subarray(from, at))
      yield { text: decoder.decode(Buffer.concat(pieces)), whole: true }
      pieces = []
      length = 0
      from = at + 1
    }
    if (from === chunk.byteLength) continue
    pieces.push(chunk.subarray(from))
    length += chunk.byteLength - from
    if (length > LONGEST) throw tooLong()
  }
  if (length > 0) yield { text: decoder.decode(Buffer.concat(pieces)), whole: false }
}

function tooLong(): PolisError {
  const longest = LONGEST / 1024 / 1024
  return new PolisError('INVALID_ARGUMENT', `Expected lines of an export, got one of more than ${longest} MB`)
}
