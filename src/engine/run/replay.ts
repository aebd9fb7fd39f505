import { applyCancel } from './cancel.ts'
import { findUnasked, isBelowClosed } from './end.ts'
import { settle, startLive } from './operate.ts'
import type { HandOut, Recorded } from './recording.ts'
import type { Residence } from './residence.ts'
import { handOut } from './turn.ts'

/** Hands out the next recorded result if the code waits for it; makes the run live after the last one. */
export function pumpReplay(residence: Residence): void {
  if (residence.live || residence.mode === 'dropped' || residence.pumping) return
  skipUnwanted(residence)
  const next = residence.recording.handOuts[residence.cursor]
  if (next?.kind === 'closing' && !residence.operations.has(next.recorded.id)) return
  if (next === undefined && findUnasked(residence) !== undefined) return
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
  residence.live = true
  const fresh = residence.fresh
  residence.fresh = []
  for (const operation of fresh) startLive(residence, operation)
}

// What ended after a lost race or a cancel had rejected it is recorded, and nobody waits for it.
function skipUnwanted(residence: Residence): void {
  for (;;) {
    const next = residence.recording.handOuts[residence.cursor]
    if (next?.kind !== 'closing' || !isUnwanted(residence, next.recorded)) return
    residence.cursor += 1
  }
}

function isUnwanted(residence: Residence, recorded: Recorded): boolean {
  if (recorded.taken) return !residence.operations.has(recorded.id)
  return isBelowClosed(residence, recorded.id)
}
