import { PolisError } from '../../core/error.ts'
import type { Pause } from '../transfer.ts'
import { type MemoryState, STORE, type StoreFacts } from './state.ts'

/** What there is one of. */
export function factsOf(state: MemoryState): StoreFacts {
  const facts = state.facts.get(STORE)
  if (facts === undefined) throw new PolisError('INTERNAL', 'Expected a state with facts, got one without')
  return facts
}

/** Why and since when the store is paused; undefined when it is not. */
export function pauseOf(state: MemoryState): Pause | undefined {
  return factsOf(state).paused
}
