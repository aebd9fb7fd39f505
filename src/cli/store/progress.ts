import type { Totals } from '../../store/transfer/file.ts'
import type { Context } from '../context.ts'
import { formatBytes } from '../terminal/format-bytes.ts'

/** How often a line is redrawn at a terminal, and written elsewhere (ms). */
const REDRAW = 200
const REWRITE = 10_000

/** Tells on standard error how far a transfer is; `end` leaves the line clear. */
export interface Progress {
  told(totals: Totals): void
  end(): void
}

/** Tells of one transfer; nothing under `--json`. */
export function createProgress({ io, json }: Context, verb: string): Progress {
  const { stderr, clock } = io
  const every = stderr.isTTY ? REDRAW : REWRITE
  let next = clock.now() + every
  return {
    told(totals) {
      if (json || clock.now() < next) return
      next = clock.now() + every
      const line = `${verb}: ${describeTotals(totals)}`
      stderr.write(stderr.isTTY ? `\r\x1b[2K${line.slice(0, stderr.columns - 1)}` : `${line}\n`)
    },
    end() {
      if (!json && stderr.isTTY) stderr.write('\r\x1b[2K')
    },
  }
}

/** What was transferred, in words. */
export function describeTotals({ runs, entries, sessions, blobs, bytes }: Totals): string {
  const counts = [`${runs} runs`, `${entries} entries`, `${sessions} sessions`, `${blobs} blobs`]
  return `${counts.join(', ')} (${formatBytes(bytes)})`
}
