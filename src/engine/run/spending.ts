/**
 * What steps spend (G8).
 *
 * Role: which budgets a call counts against, what it may take of them, and what is booked when its outcome is known, or never will be.
 * Boundary: fills the batch, and commits nothing itself; knows nothing of how a step is called.
 * Invariants:
 * 1. What an attempt did cost is booked by the commit of the entry that ends it, and its reservation is settled there.
 * 2. An attempt whose outcome nobody will know is booked at the most that it can have cost, as assumed; the id of its charge makes
 *    that happen once, whoever does it.
 * 3. A charge's id is unique in its run: an attempt is begun once in an epoch.
 */
import type { Budget, BudgetLimits, Charge, Reservation } from '../../core/budget.ts'
import { PolisError } from '../../core/error.ts'
import { NO_USAGE, type TokenUsage } from '../../core/usage.ts'
import type { Spend, Spent } from '../scope.ts'
import { type Operation, partsOf, type Residence } from './residence.ts'

/** The budgets that a run's calls count against: its own, and those of the runs above it. One named twice has the lower limits. */
export function budgetsOf({ program, record, recording: { submitted } }: Residence): readonly Budget[] {
  const { budgets = {} } = program
  const all: Budget[] = [...(submitted.budgets ?? [])]
  // A continuation counts as the run that it continues, whose budget was handed to it.
  if (budgets.run !== undefined && submitted.continues === undefined) {
    all.push({ key: `run/${record.run}`, limits: budgets.run })
  }
  if (budgets.session !== undefined && record.session !== undefined) {
    all.push({ key: `session/${record.session}`, limits: budgets.session })
  }
  if (budgets.day !== undefined) all.push({ key: `agent/${record.agent}`, daily: true, limits: budgets.day })
  if (all.length < 2) return all
  return [...Map.groupBy(all, ({ key }) => key).values()].map((same) => same.reduce(lower))
}

/** What a run's calls are booked under: its session and tags, and those of the topmost run above it. */
export function bookedOf({ record, recording: { submitted } }: Residence): Pick<Charge, 'session' | 'tags'> {
  const { booked } = submitted
  const session = record.session ?? booked?.session
  return {
    tags: booked === undefined ? record.tags : { ...booked.tags, ...record.tags },
    ...(session === undefined ? {} : { session }),
  }
}

/**
 * What an attempt takes of the budgets until it is settled; a daily one is that of today.
 *
 * @throws PolisError INVALID_CONFIG for a call without a bound, PRICE_UNKNOWN for one without a price under a budget of money.
 */
export function reservationOf(
  residence: Residence,
  operation: Operation,
  { spend, attempt }: { readonly spend: Spend; readonly attempt: number },
  budgets: readonly Budget[],
): Reservation {
  const { most } = spend
  const names = budgets.map(({ key }) => key).join(', ')
  if (most === undefined || !isAmount(most.tokens)) {
    throw new PolisError(
      'INVALID_CONFIG',
      `Step ${operation.id} calls ${spend.model} under a budget (${names}) without a bound of what it may take: say maxOutputTokens in the call, or of the model in polis.config.ts`,
    )
  }
  if (budgets.some(({ limits }) => limits.nanos !== undefined) && !isAmount(most.nanos)) {
    throw new PolisError(
      'PRICE_UNKNOWN',
      `Step ${operation.id} calls ${spend.model} under a budget of money (${names}), and the price of that model is not known: give it in models.prices in polis.config.ts, or limit tokens instead`,
    )
  }
  const lost = lostCharge(residence, operation, spend, attempt)
  const day = new Date(lost.time).toISOString().slice(0, 10)
  return {
    id: lost.id,
    amounts: { tokens: Math.ceil(most.tokens), ...(isAmount(most.nanos) ? { nanos: Math.ceil(most.nanos) } : {}) },
    budgets: budgets.map(({ key, daily, limits }) => ({ key: daily ? `${key}/${day}` : key, limits })),
    charge: lost,
  }
}

/** Remembers of an attempt that begins what it can have cost; one under a budget has said so already. */
export function beginSpending(
  residence: Residence,
  operation: Operation,
  { spend, attempt }: { readonly spend: Spend; readonly attempt: number },
): void {
  operation.spending ??= { lost: lostCharge(residence, operation, spend, attempt) }
}

/** Books what an attempt did cost, for the entry that ends it, which is to be recorded in this same turn. */
export function bookOutcome(
  { batch }: Residence,
  operation: Operation,
  spend: Spend,
  outcome: { readonly value: unknown } | { readonly error: PolisError },
): Charge | undefined {
  const { spending } = operation
  // The call was not made: it was refused, or what it needs was not there.
  if (spending === undefined) return undefined
  operation.spending = undefined
  const charge = chargeOf(spending.lost, spend, outcome)
  const { reservation } = spending
  if (reservation !== undefined) {
    const tokens = charge === undefined ? 0 : charge.usage.input + charge.usage.output
    const nanos = charge === undefined ? 0 : (charge.nanos ?? reservation.amounts.nanos ?? 0)
    partsOf(batch).settles.push({ id: reservation.id, amounts: { tokens, nanos } })
  }
  if (charge !== undefined) partsOf(batch).charges.push(charge)
  return charge
}

/** Books an attempt under way of which nobody will know the outcome, with the run's next commit. */
export function bookLost({ batch }: Residence, operation: Operation): void {
  const { spending } = operation
  if (spending === undefined) return
  operation.spending = undefined
  if (spending.reservation !== undefined) settleLost(batch, spending.reservation)
  else partsOf(batch).charges.push(spending.lost)
}

/** The same for an attempt that a worker which is gone had reserved, and did not end. */
export function settleLost(batch: Residence['batch'], { id, amounts, charge }: Reservation): void {
  partsOf(batch).settles.push({ id, amounts })
  partsOf(batch).charges.push(charge)
}

function lower(a: Budget, b: Budget): Budget {
  const tokens = least(a.limits.tokens, b.limits.tokens)
  const nanos = least(a.limits.nanos, b.limits.nanos)
  const limits: BudgetLimits = {
    ...(tokens === undefined ? {} : { tokens }),
    ...(nanos === undefined ? {} : { nanos }),
  }
  return { ...a, limits }
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return Math.min(a, b)
}

function lostCharge(residence: Residence, operation: Operation, spend: Spend, attempt: number): Charge {
  const { record, engine } = residence
  const { run, agent, epoch } = record
  const { provider, model, most } = spend
  const usage = most === undefined ? NO_USAGE : (most.usage ?? { ...NO_USAGE, input: most.tokens })
  return {
    id: `${operation.id}/${attempt}@${epoch}`,
    ...{ run, agent, ...bookedOf(residence), time: engine.clock.now(), provider, model },
    usage: whole(usage),
    ...(isAmount(most?.nanos) ? { nanos: Math.ceil(most.nanos) } : {}),
    assumed: true,
  }
}

function chargeOf(lost: Charge, spend: Spend, outcome: Parameters<Spend['spent']>[0]): Charge | undefined {
  const spent = spentOf(spend, outcome)
  if (spent === 'unknown') return lost
  // Cut off by the step's own timeout, it may well have been answered.
  if (spent === undefined) return 'error' in outcome && outcome.error.code === 'STEP_TIMEOUT' ? lost : undefined
  const { nanos: _, assumed: __, ...base } = lost
  return {
    ...base,
    usage: whole(spent.usage),
    ...(isAmount(spent.nanos) ? { nanos: Math.ceil(spent.nanos) } : {}),
    ...(spent.assumed ? { assumed: true } : {}),
  }
}

// Whoever cannot say what was spent does not know it.
function spentOf(spend: Spend, outcome: Parameters<Spend['spent']>[0]): Spent | 'unknown' | undefined {
  try {
    return spend.spent(outcome)
  } catch {
    return 'unknown'
  }
}

function whole({ input, cachedInput, cacheWrite, output, reasoning }: TokenUsage): TokenUsage {
  const count = (tokens: number) => (isAmount(tokens) ? Math.ceil(tokens) : 0)
  return {
    input: count(input),
    cachedInput: count(cachedInput),
    cacheWrite: count(cacheWrite),
    output: count(output),
    reasoning: count(reasoning),
  }
}

function isAmount(value: number | undefined): value is number {
  return value !== undefined && value >= 0 && value <= Number.MAX_SAFE_INTEGER
}
