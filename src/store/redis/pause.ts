import type { Pause } from '../transfer.ts'

/** A pause as the store keeps it: Lua does not read it. */
export function writePause(reason: string, since: number): string {
  return JSON.stringify({ since, reason })
}

/** Reads it. */
export function readPause(json: string): Pause {
  // Written by `writePause`.
  return JSON.parse(json) as Pause
}
