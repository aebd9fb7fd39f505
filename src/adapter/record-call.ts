import { AsyncLocalStorage } from 'node:async_hooks'
import { behindOf } from '../agent/behind-context.ts'
import { toTerms } from '../agent/step-terms.ts'
import type { Spend, StepCall } from '../engine/scope.ts'
import type { CallTerms } from './adapter-terms.ts'
import { pack, unpack } from './pack.ts'
import { currentPlace, type Place, runAt } from './place.ts'
import { stepName } from './step-name.ts'

/** A call of a library that becomes a step. */
export interface RecordedCall {
  readonly kind: 'step' | 'tool' | 'model'
  readonly name: string
  /** Hash of what it depends on. */
  readonly hash: string | undefined
  readonly terms: CallTerms
  readonly call: (step: StepCall) => unknown
  readonly spend?: Spend
}

/**
 * Makes a call of a library a step, and answers what was recorded of it.
 *
 * Once the run is cancelled nothing more is called, although a run's own code still may: a library that takes the cancel for a failure
 * of a tool would go on.
 *
 * Inside of another step it is only called: whatever a step does is recorded with the step, and would not be asked for again when it
 * is replayed.
 */
export async function recordCall(
  place: Place,
  { kind, name, hash, terms, call, spend }: RecordedCall,
): Promise<unknown> {
  const outer = currentPlace()?.step ?? place.step
  if (outer !== undefined) return call(outer)
  // The engine calls it when it can, from wherever it is then: libraries have contexts of their own that follow their promises.
  const asAsked = AsyncLocalStorage.snapshot()
  const { scope, defaults } = behindOf(place.context, 'adapter')
  if (scope.signal().aborted) throw scope.signal().reason
  const recorded = await scope.step(
    stepName(name),
    async (step) => pack(await asAsked(runAt, { ...place, step }, () => call(step))),
    {
      ...toTerms(terms, defaults, `step ${name}`),
      kind,
      effect: terms.effect ?? 'once',
      hash,
      ...(spend === undefined ? {} : { spend }),
    },
  )
  return unpack(recorded)
}
