import type { Overrun } from '../../core/budget.ts'
import { PolisError } from '../../core/error.ts'
import { formatDollars } from '../../core/money.ts'
import type { Effect } from '../../core/tool.ts'
import type { Spend } from '../scope.ts'
import { refOf } from './operate.ts'
import { buffer, recordAlone } from './record.ts'
import { type Operation, partsOf, type Residence } from './residence.ts'
import { budgetsOf, reservationOf } from './spending.ts'

/** An attempt that wants room in budgets, and what follows. */
export interface Wanting {
  readonly spend: Spend
  readonly attempt: number
  readonly effect: Effect
  /** Nobody waits for it any more. */
  readonly isUnwanted: () => boolean
  readonly granted: () => void
  readonly refused: (error: PolisError) => void
}

/**
 * Commits the intent of an attempt with what it takes of the run's budgets (G8), before its call is made; false when no budget counts
 * it, and nothing is to be waited for.
 *
 * The commit holds nothing else that could be lost with it, since the store may refuse it; one by one, the calls of parallel branches.
 */
export function reserve(residence: Residence, operation: Operation, wanting: Wanting): boolean {
  const budgets = budgetsOf(residence)
  if (budgets.length === 0) return false
  const { attempt, effect, isUnwanted, granted, refused } = wanting
  recordAlone(residence, () => {
    if (isUnwanted()) return
    let reserved: ReturnType<typeof reservationOf>
    try {
      // Here, since the day of a daily budget is that of the reservation.
      reserved = reservationOf(residence, operation, wanting, budgets)
    } catch (reason) {
      return refused(PolisError.from(reason))
    }
    buffer(residence, 'step-started', { ...refOf(operation), attempt, effect, reserved })
    partsOf(residence.batch).reserves.push(reserved)
    residence.batch.done.push((outcome) => {
      if (outcome.kind === 'over-budget') {
        const { engine, program } = residence
        engine.metrics.increment('budget_refusals_total', {
          workflow_type: program.name,
          unit: outcome.unit === 'nanos' ? 'dollars' : 'tokens',
        })
        return isUnwanted() ? undefined : refused(exhausted(operation.id, outcome))
      }
      if (isUnwanted())
        return void partsOf(residence.batch).settles.push({ id: reserved.id, amounts: { tokens: 0, nanos: 0 } })
      operation.spending = { lost: reserved.charge, reservation: reserved }
      granted()
    })
  })
  return true
}

function exhausted(step: string, { key, unit, limit, settled, reserved, wanted }: Overrun): PolisError {
  const show = (amount: number) => (unit === 'nanos' ? formatDollars(amount) : `${amount} tokens`)
  const held = reserved > 0 ? `, ${show(reserved)} are held by calls under way` : ''
  return new PolisError(
    'BUDGET_EXHAUSTED',
    `Step ${step} may take ${show(wanted)}, and the budget ${key} has no room for it: of ${show(limit)}, ${show(settled)} are used${held}. Raise it in defineAgent, or say in budget.exhausted what is to happen then`,
    { details: { key, unit, limit, settled, reserved, wanted } },
  )
}
