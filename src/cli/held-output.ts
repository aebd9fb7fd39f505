import type { Output } from './io.ts'

/** An output that can be held back for a while. */
export interface HeldOutput {
  write(text: string | Uint8Array): void
  /** From now on everything is kept back. */
  hold(): void
  /** Writes what was kept back, and holds no more. */
  release(): void
}

/** Passes on to an output, until it is held. */
export function createHeldOutput(output: Output): HeldOutput {
  let held: string[] | undefined
  return {
    write(text) {
      const chunk = typeof text === 'string' ? text : Buffer.from(text).toString()
      if (held === undefined) output.write(chunk)
      else held.push(chunk)
    },
    hold() {
      held ??= []
    },
    release() {
      const kept = held?.join('') ?? ''
      held = undefined
      if (kept !== '') output.write(kept)
    },
  }
}
