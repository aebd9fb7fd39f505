/** Keeps the end of what a process writes. */
export interface Tail {
  push(chunk: Uint8Array): void
  /** The last lines, joined by ` | `, or nothing. */
  text(): string
}

const LINES = 25
const LINE_LENGTH = 300
// Read of a line, so that a secret is found whole before it is cut.
const READ_LENGTH = 8192

/** A tail of 25 lines of 300 characters (a stack trace fits), without what `hide` hides; `onLine` sees each line as it is completed. */
export function createTail(onLine: (line: string) => void, hide: (text: string) => string): Tail {
  const decoder = new TextDecoder()
  let open = ''
  let lines: string[] = []
  const push = (chunk: Uint8Array) => {
    const parts = decoder.decode(chunk, { stream: true }).split('\n')
    open = (open + (parts.shift() ?? '')).slice(0, READ_LENGTH)
    for (const part of parts) {
      complete(open)
      open = part.slice(0, READ_LENGTH)
    }
  }
  const clean = (line: string) => hide(line).slice(0, LINE_LENGTH).trimEnd()
  const complete = (line: string) => {
    const shown = clean(line)
    if (shown === '') return
    lines = [...lines, shown].slice(-LINES)
    onLine(shown)
  }
  return {
    push,
    text: () =>
      [...lines, clean(open)]
        .filter((line) => line !== '')
        .slice(-LINES)
        .join(' | '),
  }
}
