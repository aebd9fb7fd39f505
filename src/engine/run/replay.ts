import { applyCancel } from './cancel.ts'
import { isBelowClosed } from './end.ts'
import { settle, startLive } from './operate.ts'
import type { HandOut } from './recording.ts'
import { isReplaying, type Residence } from './residence.ts'
import { handOut } from './turn.ts'

/** Hands out the next recorded result if the code waits for it; makes the run live after the last one. */
export function pumpReplay(residence: Residence): void {
  if (residence.live || residence.mode === 'dropped' || residence.pumping) return
  skipUnwanted(residence)
  const next = residence.recording.handOuts[residence.cursor]
  if (next !== undefined && next.kind === 'closing' && !residence.operations.has(next.recorded.id)) return
  residence.pumping = true
  handOut(residence, () => {
    residence.pumping = false
    if (next === undefined) goLive(residence)
    else give(residence, next)
    pumpReplay(residence)
  })
}

function give(residence: Residence, next: HandOut): void {
  residence.cursor += 1
  if (next.kind === 'cancel') return applyCancel(residence, next)
  const operation = residence.operations.get(next.recorded.id)
  const closing = next.recorded.closing
  if (operation !== undefined && closing !== undefined) settle(residence, operation, closing)
}

function goLive(residence: Residence): void {
  // While this turn was waited for, code may have asked for something recorded after all.
  if (isReplaying(residence)) return
  residence.live = true
  const fresh = residence.fresh
  residence.fresh = []
  for (const operation of fresh) startLive(residence, operation)
}

// What a branch recorded before it lost a race is recorded, and nobody waits for it.
function skipUnwanted(residence: Residence): void {
  for (;;) {
    const next = residence.recording.handOuts[residence.cursor]
    if (next?.kind !== 'closing' || !isBelowClosed(residence, next.recorded.id)) return
    residence.cursor += 1
  }
}
