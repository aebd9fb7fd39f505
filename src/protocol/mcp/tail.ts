/** Keeps the end of what a process writes. */
export interface Tail {
  push(chunk: Uint8Array): void
  /** The last lines, joined by ` | `, or nothing. */
  text(): string
}

const LINES = 25
const LINE_LENGTH = 300

/** A tail of 25 lines of 300 characters (a stack trace fits); `onLine` sees each line as it is completed. */
export function createTail(onLine: (line: string) => void): Tail {
  const decoder = new TextDecoder()
  let open = ''
  let lines: string[] = []
  const push = (chunk: Uint8Array) => {
    const parts = decoder.decode(chunk, { stream: true }).split('\n')
    open = (open + (parts.shift() ?? '')).slice(0, LINE_LENGTH)
    for (const part of parts) {
      complete(open)
      open = part.slice(0, LINE_LENGTH)
    }
  }
  const complete = (line: string) => {
    const clean = line.trimEnd()
    if (clean === '') return
    lines = [...lines, clean].slice(-LINES)
    onLine(clean)
  }
  return {
    push,
    text: () =>
      [...lines, open.trimEnd()]
        .filter((line) => line !== '')
        .slice(-LINES)
        .join(' | '),
  }
}
