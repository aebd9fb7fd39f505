import type { BudgetLimits, Overrun } from '../../core/budget.ts'
import type { PolisError } from '../../core/error.ts'
import { formatDollars, toDollars, toNanos } from '../../core/money.ts'
import type { QuestionOption } from '../../core/question.ts'
import type { Scope } from '../../engine/scope.ts'
import { MOST_DOLLARS } from '../budget.ts'

/**
 * Asks a human for more of the budget that has no room for a call, and adds what is answered.
 *
 * Rejects with the error itself when the answer is 0.
 */
export async function askForBudget(scope: Scope, error: PolisError): Promise<void> {
  const overrun = readOverrun(error)
  if (overrun === undefined) throw error
  const isMoney = overrun.unit === 'nanos'
  const answer = await scope.ask('budget', {
    question: questionOf(overrun, scope.record.agent),
    schema: {
      type: 'number',
      minimum: 0,
      maximum: isMoney ? MOST_DOLLARS : 1_000_000_000,
      description: `${isMoney ? 'dollars' : 'tokens'} to add; 0 ends the run`,
    },
    about: aboutOf(overrun),
    options: optionsOf(overrun),
    consent: true,
  })
  const more = typeof answer === 'number' ? answer : 0
  if (more <= 0) throw error
  const amounts: BudgetLimits = isMoney ? { nanos: toNanos(more) } : { tokens: Math.ceil(more) }
  await scope.raiseBudget(overrun.key, amounts)
}

// For people: what journals and stores count in nanodollars is dollars here.
function aboutOf({ key, unit, limit, settled, reserved, wanted }: Overrun) {
  const [money, show] = unit === 'nanos' ? [true, toDollars] : [false, (amount: number) => amount]
  const amounts = { limit: show(limit), used: show(settled), held: show(reserved), wanted: show(wanted) }
  return { budget: key, unit: money ? 'US dollars' : 'tokens', ...amounts }
}

function optionsOf({ unit, limit }: Overrun): readonly QuestionOption[] {
  const again = unit === 'nanos' ? toDollars(limit) : limit
  const label = unit === 'nanos' ? formatDollars(limit) : `${limit} tokens`
  return [
    { value: again, label: `Add ${label}, as much again`, style: 'primary' },
    { value: 0, label: 'End the run', style: 'danger' },
  ]
}

function questionOf({ key, unit, limit, settled, reserved, wanted }: Overrun, agent: string): string {
  const show = (amount: number) => (unit === 'nanos' ? formatDollars(amount) : `${amount} tokens`)
  const running = reserved > 0 ? `, ${show(reserved)} are held by calls under way` : ''
  return (
    `The budget ${key} of ${show(limit)} has no room for the next model call of ${agent}: ${show(settled)} are used${running}, ` +
    `and the call may take ${show(wanted)}. How ${unit === 'nanos' ? 'many dollars' : 'many tokens'} more may it have (0 ends the run)?`
  )
}

function readOverrun({ details }: PolisError): Overrun | undefined {
  const { key, unit, limit, settled, reserved, wanted } = details
  if (typeof key !== 'string' || (unit !== 'tokens' && unit !== 'nanos')) return undefined
  const amounts = [limit, settled, reserved, wanted].map((it) => (typeof it === 'number' ? it : 0))
  const [a = 0, b = 0, c = 0, d = 0] = amounts
  return { key, unit, limit: a, settled: b, reserved: c, wanted: d }
}
