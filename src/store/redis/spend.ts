import type { Charge, Raise, Reservation, Settlement } from '../../core/budget.ts'
import type { Value } from './pack.ts'

/** A reservation as Lua is given it. */
export function reservationParts({ id, amounts, budgets, charge }: Reservation, run: string): Value {
  const wanted = budgets.map(({ key, limits }) => [key, limits.tokens, limits.nanos])
  return [id, amounts.tokens, amounts.nanos, wanted, chargeParts(charge, run)]
}

/** A settlement as Lua is given it. */
export function settlementParts({ id, amounts }: Settlement): Value {
  return [id, amounts.tokens, amounts.nanos]
}

/** A charge as Lua is given it: only its id and its time are read there. */
export function chargeParts(charge: Charge, run: string): Value {
  return [charge.id, charge.time, JSON.stringify({ ...charge, run })]
}

/** A raise as Lua is given it. */
export function raiseParts({ id, key, amounts }: Raise): Value {
  return [id, key, amounts.tokens, amounts.nanos]
}
