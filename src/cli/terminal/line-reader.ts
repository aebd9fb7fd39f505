import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import type { Io } from '../io.ts'

/**
 * Lines that someone types at a terminal, with editing and history, beside other output.
 *
 * The prompt shows only between `prompt` and `hide`; what is typed while it is hidden is kept and shows with the next one.
 */
export interface LineReader {
  /** Shows a prompt; `text` is put into the line to be edited. */
  prompt(prompt: string, text?: string): void
  /** Takes the prompt off the screen, so that something else can be written. */
  hide(): void
  /** What is typed and not entered yet. */
  typed(): string
  /** Forgets it. */
  clear(): void
  close(): void
}

/** What a line reader tells. */
export interface LineListener {
  line(text: string): void
  /** Ctrl-C. */
  interrupt(): void
  /** Ctrl-D, or the end of the input. */
  end(): void
}

/** Reads lines from the terminal that standard input is. */
export function createLineReader({ stdin, stdout }: Pick<Io, 'stdin' | 'stdout'>, listener: LineListener): LineReader {
  let shown = false
  const output = echo(stdout, () => shown)
  const lines = createInterface({ input: stdin.stream, output, terminal: true, historySize: 200, prompt: '' })
  lines.on('line', (text) => {
    shown = false
    listener.line(text)
  })
  lines.on('SIGINT', () => listener.interrupt())
  lines.on('close', () => listener.end())
  return {
    prompt(prompt, text) {
      const again = shown && lines.getPrompt() === prompt
      shown = true
      lines.setPrompt(prompt)
      if (text !== undefined) clear(lines)
      if (!again || text !== undefined) lines.prompt(true)
      if (text !== undefined) lines.write(text)
    },
    hide() {
      if (!shown) return
      // Typed text may have wrapped: the cursor is taken to the first of its rows.
      const { rows } = lines.getCursorPos()
      stdout.write(`\r${rows === 0 ? '' : `\x1b[${rows}A`}\x1b[0J`)
      shown = false
    },
    typed: () => lines.line,
    clear: () => clear(lines),
    close: () => lines.close(),
  }
}

function clear(lines: ReturnType<typeof createInterface>): void {
  // As Ctrl-E and Ctrl-U do.
  lines.write(null, { ctrl: true, name: 'e' })
  lines.write(null, { ctrl: true, name: 'u' })
}

// What readline draws, unless the prompt is hidden.
function echo(stdout: Io['stdout'], isShown: () => boolean): Writable {
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (isShown()) stdout.write(String(chunk))
      done()
    },
  })
  return Object.defineProperties(output, {
    columns: { get: () => stdout.columns },
    rows: { get: () => stdout.rows },
  })
}
