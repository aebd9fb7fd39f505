/**
 * Executes steps.
 *
 * Invariants:
 * 1. The function is called only after everything recorded before it is durable; for `once` that includes its intent (G3).
 * 2. An outcome counts only once its entry is durable.
 * 3. A `once` step with an intent and no outcome is never called again unless its terms or a human say so (G3).
 * 4. It is called only while this worker's lease surely stands: one that was stopped, or whose store is away, may have lost its runs.
 * 5. A call that costs money is made under a budget only once its reservation is durable, and what it did cost is booked by the
 *    commit that ends its attempt (G8).
 */
import type { Charge } from '../../core/budget.ts'
import { PolisError } from '../../core/error.ts'
import { decode, encode } from '../../core/json.ts'
import type { Effect } from '../../core/tool.ts'
import type { StepTerms } from '../scope.ts'
import { type Call, callStep, isPromise } from './call-step.ts'
import { toRecorded } from './failure.ts'
import { withdrawLeft } from './live-question.ts'
import { refOf, setExecuting, settle } from './operate.ts'
import { record, whenDurable } from './record.ts'
import { reserve, type Wanting } from './reserve.ts'
import type { Operation, Residence } from './residence.ts'
import { afterFailure } from './retry.ts'
import { beginSpending, bookOutcome, settleLost } from './spending.ts'
import { handOut, scheduleTurn } from './turn.ts'
import { askWhatHappened } from './uncertain.ts'

/** How often a lease that is in doubt is looked at within a heartbeat. */
const LOOKS = 10

/** A step to execute: what to call, on which terms. */
export interface StepPlan {
  readonly call: Call['function']
  readonly terms: StepTerms
  readonly kind: 'step' | 'tool' | 'model'
}

/** Starts a step where its journal left it: fresh, waiting for a retry, or of unknown outcome. */
export function startStep(residence: Residence, operation: Operation, plan: StepPlan): void {
  const { recorded } = operation
  withdrawLeft(residence, operation)
  if (recorded?.reserved !== undefined) settleLost(residence.batch, recorded.reserved)
  if (recorded?.uncertain) return resume(residence, operation, plan)
  const attempt = (recorded?.attempt ?? 0) + 1
  if (recorded?.retryAt !== undefined) return retryAt(residence, operation, plan, attempt, recorded.retryAt)
  begin(residence, operation, plan, attempt)
}

function begin(residence: Residence, operation: Operation, plan: StepPlan, attempt: number): void {
  setExecuting(residence, operation, true)
  const { effect } = plan.terms
  if (typeof effect === 'string') return intend(residence, operation, plan, attempt, effect)
  Promise.try(effect).then(
    (found) => intend(residence, operation, plan, attempt, found),
    (reason: unknown) => failed(residence, operation, plan, { attempt, effect: 'read', reason, ms: 0 }),
  )
}

function intend(residence: Residence, operation: Operation, plan: StepPlan, attempt: number, effect: Effect): void {
  if (isUnwanted(residence, operation)) return
  const go = () => execute(residence, operation, plan, attempt, effect)
  const { spend } = plan.terms
  if (spend !== undefined && isReserving(residence, operation, plan, { spend, attempt, effect, granted: go })) return
  if (effect === 'once') record(residence, 'step-started', { ...refOf(operation), attempt, effect }, go)
  else whenDurable(residence, go)
}

function isReserving(
  residence: Residence,
  operation: Operation,
  plan: StepPlan,
  wanting: Pick<Wanting, 'spend' | 'attempt' | 'effect' | 'granted'>,
): boolean {
  const isGone = () => isUnwanted(residence, operation)
  const refused = (failure: PolisError) => {
    observe(residence, plan, 'error', 0)
    giveUp(residence, operation, { attempt: wanting.attempt, failure, ms: 0 })
  }
  return reserve(residence, operation, { ...wanting, isUnwanted: isGone, refused })
}

function execute(residence: Residence, operation: Operation, plan: StepPlan, attempt: number, effect: Effect): void {
  if (isUnwanted(residence, operation)) return
  if (!isHeld(residence)) {
    const { clock, settings } = residence.engine
    const again = () => execute(residence, operation, plan, attempt, effect)
    operation.stop = clock.setTimer(clock.now() + settings.heartbeat / LOOKS, again)
    return
  }
  const startedAt = residence.engine.clock.now()
  let output: unknown
  try {
    // What it may cost is found out here, and may itself fail.
    const { spend, timeout } = plan.terms
    if (spend !== undefined) beginSpending(residence, operation, { spend, attempt })
    output = callStep(residence, operation, { function: plan.call, attempt, timeout })
  } catch (reason) {
    return failed(residence, operation, plan, { attempt, effect, reason, ms: since(residence, startedAt) })
  }
  if (isPromise(output)) return waitFor(residence, operation, plan, { attempt, effect, startedAt }, output)
  succeeded(residence, operation, plan, { attempt, effect, output, ms: since(residence, startedAt) })
}

function waitFor(
  residence: Residence,
  operation: Operation,
  plan: StepPlan,
  { attempt, effect, startedAt }: { readonly attempt: number; readonly effect: Effect; readonly startedAt: number },
  result: PromiseLike<unknown>,
): void {
  result.then(
    (output) => succeeded(residence, operation, plan, { attempt, effect, output, ms: since(residence, startedAt) }),
    (reason) => failed(residence, operation, plan, { attempt, effect, reason, ms: since(residence, startedAt) }),
  )
}

function since({ engine: { clock } }: Residence, startedAt: number): number {
  return clock.now() - startedAt
}

function succeeded(
  residence: Residence,
  operation: Operation,
  plan: StepPlan,
  { attempt, effect, output, ms }: { attempt: number; effect: Effect; output: unknown; ms: number },
): void {
  if (isUnwanted(residence, operation)) return
  const value = asRecorded(output)
  const { spend } = plan.terms
  // Also of a call whose result cannot be kept: it was made.
  const charge = spend === undefined ? undefined : bookOutcome(residence, operation, spend, { value: output })
  if (value instanceof PolisError) {
    return failed(residence, operation, plan, { attempt, effect, reason: value, ms, ...(charge && { charge }) })
  }
  observe(residence, plan, 'ok', ms)
  const body = { ...refOf(operation), attempt, ms, output: value }
  record(residence, 'step-completed', charge === undefined ? body : { ...body, charge }, () => {
    setExecuting(residence, operation, false)
    handOut(residence, () => settle(residence, operation, { kind: 'value', value }))
  })
}

function failed(
  residence: Residence,
  operation: Operation,
  plan: StepPlan,
  { attempt, effect, reason, ms, charge: known }: Failing & { readonly effect: Effect; readonly reason: unknown },
): void {
  if (isUnwanted(residence, operation)) return
  const failure = PolisError.from(reason, 'STEP_FAILED')
  const { spend } = plan.terms
  const charge =
    spend === undefined ? undefined : (known ?? bookOutcome(residence, operation, spend, { error: failure }))
  const paid = charge === undefined ? {} : { charge }
  observe(residence, plan, failure.code === 'STEP_TIMEOUT' ? 'timeout' : 'error', ms)
  const { clock, random, transients } = residence.engine
  // One that a crash cut off says nothing of the step.
  const failures = (operation.failures ?? operation.recorded?.failures ?? 0) + 1
  operation.failures = failures
  const next = afterFailure(plan.terms, effect, failures, reason, random.next())
  if (next.kind === 'fail') return giveUp(residence, operation, { attempt, failure, ms, ...paid })
  const at = clock.now() + next.delay
  residence.engine.metrics.increment('workflow_step_retries_total', { workflow_type: residence.program.name })
  record(residence, 'step-retrying', { ...refOf(operation), attempt, error: toRecorded(failure), at, ...paid }, () => {
    setExecuting(residence, operation, false)
    const { tenant, run } = residence.record
    transients.publish({ tenant, run, step: operation.id, kind: 'step-reset', data: { attempt: attempt + 1 } })
    retryAt(residence, operation, plan, attempt + 1, at)
  })
}

/** An attempt that did not succeed, and what is booked of it already. */
interface Failing {
  readonly attempt: number
  readonly ms: number
  readonly charge?: Charge
}

function giveUp(
  residence: Residence,
  operation: Operation,
  { attempt, failure, ms, charge }: Failing & { readonly failure: PolisError },
): void {
  const error = toRecorded(failure)
  const body = { ...refOf(operation), attempt, ms, error }
  record(residence, 'step-failed', charge === undefined ? body : { ...body, charge }, (sequence) => {
    setExecuting(residence, operation, false)
    handOut(residence, () => settle(residence, operation, { kind: 'error', error, sequence }))
  })
}

function retryAt(residence: Residence, operation: Operation, plan: StepPlan, attempt: number, at: number): void {
  operation.wakeAt = at
  operation.stop = residence.engine.clock.setTimer(at, () => {
    operation.wakeAt = undefined
    if (operation.settled || residence.mode !== 'running') return
    begin(residence, operation, plan, attempt)
  })
  scheduleTurn(residence)
}

function resume(residence: Residence, operation: Operation, plan: StepPlan): void {
  const attempt = operation.recorded?.attempt ?? 1
  const again = () => begin(residence, operation, plan, attempt + 1)
  const failure = new PolisError(
    'STEP_UNCERTAIN',
    `Step ${operation.id} was interrupted between its call and its record: it may have happened. Its effect is once, so it is not called again`,
  )
  const fail = () => giveUp(residence, operation, { attempt, failure, ms: 0 })
  if (plan.terms.uncertain === 'retry') return again()
  if (plan.terms.uncertain === 'fail') return fail()
  askWhatHappened(residence, operation, {
    again,
    fail,
    done: (output) => accept(residence, operation, attempt, output),
  })
}

function accept(residence: Residence, operation: Operation, attempt: number, output: unknown): void {
  record(residence, 'step-completed', { ...refOf(operation), attempt, ms: 0, output }, () =>
    handOut(residence, () => settle(residence, operation, { kind: 'value', value: output })),
  )
}

// Either its lease is renewed, or it hears that it was lost, and the run is dropped.
function isHeld({ engine, record: { worker } }: Residence): boolean {
  return worker === undefined || engine.store.coordination.holds(worker)
}

// A run that ends or is handed over takes no outcomes any more: an aborted step is not a failed one.
function isUnwanted({ mode }: Residence, { settled }: Operation): boolean {
  return settled || mode === 'ending' || mode === 'dropped'
}

function observe(residence: Residence, plan: StepPlan, status: string, ms: number): void {
  const { metrics } = residence.engine
  const labels = { workflow_type: residence.program.name, kind: plan.kind }
  metrics.increment('workflow_steps_total', { ...labels, status })
  metrics.observe('workflow_step_duration_seconds', labels, ms / 1000)
}

// The code gets what it would get after a crash, so that a value that JSON changes is found while it is written.
function asRecorded(output: unknown): unknown {
  if (output === null || typeof output === 'string' || typeof output === 'boolean' || output === undefined)
    return output
  try {
    return decode(encode(output))
  } catch (reason) {
    const cause = PolisError.from(reason)
    return new PolisError('INVALID_OUTPUT', `The step's result cannot be stored: ${cause.message}`, { cause })
  }
}
