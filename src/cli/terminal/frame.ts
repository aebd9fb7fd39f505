import type { Clock } from '../../core/clock.ts'
import type { Output } from '../io.ts'

/** A block of lines at the end of a terminal that is redrawn in place. */
export interface Frame {
  /** Asks for a redraw; many requests become one, at most every 80 ms. */
  invalidate(): void
  /** Draws now and then stays still, with the cursor shown below, until `resume`. */
  hold(): void
  /** Goes on; `lines` is how many lines others have written below the frame since, which are cleared with it. */
  resume(lines: number): void
  /** Tells that so many lines were written below the live frame, such as by the echo of what someone types. */
  pushed(lines: number): void
  /** Clears the frame and shows the cursor again. Calling it twice does nothing more. */
  close(): void
}

const FRAME_MS = 80
const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'
const CLEAR_BELOW = '\x1b[0J'

/**
 * A frame that draws what `render` answers.
 *
 * Each frame is one write, which begins by going back over the one before, so that nothing flickers and nothing is left over.
 * Lines must be no wider than the terminal. Where there are more than fit on the screen the last ones show.
 */
export function createFrame(output: Output, clock: Clock, render: () => readonly string[]): Frame {
  let height = 0
  let state: 'live' | 'held' | 'closed' = 'live'
  let drawnAt = Number.NEGATIVE_INFINITY
  let cancelTimer: (() => void) | undefined
  const rewind = () => (height === 0 ? '' : `\x1b[${height}A`) + CLEAR_BELOW
  const stopTimer = () => {
    cancelTimer?.()
    cancelTimer = undefined
  }
  const draw = (cursor: string) => {
    stopTimer()
    const lines = fitHeight(render(), output.rows)
    output.write(`${cursor}\r${rewind()}${lines.map((line) => `${line}\n`).join('')}`)
    height = lines.length
    drawnAt = clock.now()
  }
  return {
    invalidate() {
      if (state !== 'live' || cancelTimer) return
      const due = drawnAt + FRAME_MS
      if (clock.now() >= due) return draw(HIDE_CURSOR)
      cancelTimer = clock.setTimer(due, () => draw(HIDE_CURSOR))
    },
    hold() {
      if (state !== 'live') return
      draw(SHOW_CURSOR)
      state = 'held'
    },
    resume(lines) {
      if (state !== 'held') return
      state = 'live'
      height += lines
      draw(HIDE_CURSOR)
    },
    pushed(lines) {
      if (state !== 'live') return
      height += lines
      draw(HIDE_CURSOR)
    },
    close() {
      if (state === 'closed') return
      stopTimer()
      state = 'closed'
      output.write(`\r${rewind()}${SHOW_CURSOR}`)
    },
  }
}

function fitHeight(lines: readonly string[], rows: number): readonly string[] {
  // One row stays free for the cursor, and one tells how much is not shown.
  if (lines.length < rows) return lines
  const hidden = lines.length - (rows - 2)
  return [`… ${hidden} lines above`, ...lines.slice(hidden)]
}
