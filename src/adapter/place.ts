import { AsyncLocalStorage } from 'node:async_hooks'
import type { Context } from '../agent/context.ts'
import type { StepCall } from '../engine/scope.ts'
import type { AdapterTerms } from './adapter-terms.ts'

/** Where code of another library runs: in which branch of which run, and inside of which step. */
export interface Place {
  readonly context: Context
  readonly terms: AdapterTerms
  /** The step that is executing: what it calls is part of it and gets no step of its own. */
  readonly step?: StepCall
}

// Follows the calls of a library through its own promises, which know nothing of runs.
const PLACES = new AsyncLocalStorage<Place>()

/** Where the calling code runs; undefined outside of durable runs. */
export function currentPlace(): Place | undefined {
  return PLACES.getStore()
}

/** Runs code at a place. */
export function runAt<T>(place: Place, code: () => T): T {
  return PLACES.run(place, code)
}
