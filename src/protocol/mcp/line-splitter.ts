import { isUtf8 } from 'node:buffer'

/** Cuts a stream of bytes into lines. */
export interface LineSplitter {
  /** Takes bytes in, and gives each line that they end, without its line break; one that is not UTF-8 says so. Throws RangeError once a line is over the limit. */
  push(chunk: Uint8Array): readonly string[]
  /** What has come since the last line break. */
  rest(): string
}

const NEWLINE = 0x0a

/** A splitter whose lines hold at most `limit` bytes. Each byte is looked at once, however the stream was cut. */
export function createLineSplitter(limit: number): LineSplitter {
  let parts: Uint8Array[] = []
  let size = 0
  const add = (part: Uint8Array) => {
    size += part.byteLength
    if (size > limit) throw new RangeError(`a line is longer than ${limit} bytes`)
    if (part.byteLength > 0) parts.push(part)
  }
  const take = () => {
    const bytes = Buffer.concat(parts)
    parts = []
    size = 0
    // Replaced characters would make a message of what is none.
    const line = isUtf8(bytes) ? bytes.toString('utf8') : `(not UTF-8) ${bytes.toString('latin1')}`
    return line.endsWith('\r') ? line.slice(0, -1) : line
  }
  return {
    push: (chunk) => {
      const lines: string[] = []
      let start = 0
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        add(chunk.subarray(start, end))
        lines.push(take())
        start = end + 1
      }
      add(chunk.subarray(start))
      return lines
    },
    rest: () => Buffer.concat(parts).toString('utf8'),
  }
}
