import type { Clock } from '../../core/clock.ts'
import { abortable } from '../../core/pause.ts'
import type { KubernetesObject } from '../../manifest/object.ts'
import type { ClusterApi } from '../api.ts'
import { observe } from './observe.ts'
import { type Memory, type Reason, type Verdict, verdictOf } from './verdict.ts'

/** How often is looked, in milliseconds. Watches can stall without a word; a look is always true. */
const LOOK = 2_000

/** What waiting is done with. */
export interface WaitOptions {
  readonly api: ClusterApi
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Milliseconds since the epoch. */
  readonly deadline: number
  /** Called at each look that finds something to wait for. */
  onWait(reasons: readonly Reason[]): void
}

/** How a wait ended. */
export type Waited = Exclude<Verdict, { readonly kind: 'waiting' }>

/** Looks until all objects are healthy, one will not become so, or the deadline has passed. */
export async function waitUntilHealthy(objects: readonly KubernetesObject[], options: WaitOptions): Promise<Waited> {
  const { api, clock, signal, deadline, onWait } = options
  let memory: Memory = new Map()
  for (;;) {
    const verdict = verdictOf(await observe(api, objects), memory, clock.now(), deadline)
    if (verdict.kind !== 'waiting') return verdict
    memory = verdict.memory
    onWait(verdict.reasons)
    await abortable(clock, LOOK, signal)
  }
}
