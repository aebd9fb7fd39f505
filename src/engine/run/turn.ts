/**
 * Gives results to the code, each in a turn of the event loop of its own (invariant 2 of residence.ts), and looks at the run
 * after each turn in which nothing more was given.
 */
import type { Residence } from './residence.ts'

/** Gives something to the code: now if nothing was given in this turn, else in a turn of its own, in order. */
export function handOut(residence: Residence, give: () => void): void {
  if (residence.turnScheduled) {
    residence.handing.push(give)
    return
  }
  scheduleTurn(residence)
  give()
}

/** Has the run looked at once the code has done what it can. */
export function scheduleTurn(residence: Residence): void {
  if (residence.turnScheduled) return
  residence.turnScheduled = true
  setImmediate(turn, residence)
}

function turn(residence: Residence): void {
  residence.turnScheduled = false
  if (residence.mode === 'dropped') return
  const give = residence.handing.shift()
  if (give === undefined) residence.look()
  else handOut(residence, give)
}
