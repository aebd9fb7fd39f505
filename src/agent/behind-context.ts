import type { Clock } from '../core/clock.ts'
import { PolisError } from '../core/error.ts'
import type { Models } from '../core/model.ts'
import type { Scope } from '../engine/scope.ts'
import type { Context } from './context.ts'
import type { StepDefaults } from './step-terms.ts'

/** What stands behind a context: for code of this package that builds operations of its own, such as the adapters of other libraries. */
export interface BehindContext {
  readonly scope: Scope
  readonly models: Models
  readonly clock: Clock
  readonly defaults: StepDefaults
}

// A property that nobody lists or copies: what an author sees stays what `Context` says. A WeakMap would keep what stands behind every
// context until the next full collection.
const BEHIND = Symbol('behind')

/** Says what stands behind a context; called where contexts are made. */
export function setBehind(context: Context, behind: BehindContext): void {
  Object.defineProperty(context, BEHIND, { value: behind })
}

/** What stands behind a context; INVALID_ARGUMENT for anything that is not the context of a run or of a branch. */
export function behindOf(context: Context, where: string): BehindContext {
  const behind = (context as { readonly [BEHIND]?: BehindContext } | null | undefined)?.[BEHIND]
  if (behind !== undefined) return behind
  throw new PolisError(
    'INVALID_ARGUMENT',
    `${where}: expected the context that run() was called with, or a branch's own, got ${context === null ? 'null' : typeof context}. A copy of it (a spread, say) does not do`,
  )
}
