import type { Field } from './field.ts'
import type { Path, Spot } from './source.ts'
import type { World } from './world.ts'

/** An error is refused by a cluster, or does not do what it says; a warning is a risk. */
export type Severity = 'error' | 'warning'

/** A change of one place of a document, which keeps the rest of it and its comments. */
export type Edit =
  | { readonly kind: 'set'; readonly path: Path; readonly value: unknown }
  | { readonly kind: 'remove'; readonly path: Path }
  | { readonly kind: 'rename'; readonly path: Path; readonly key: string }

/** What a rule found. */
export interface Finding {
  readonly at: Field | Spot
  readonly message: string
  /** What makes it right, where that is safe; paths are from the object. */
  readonly fix?: readonly Edit[]
}

/** One thing that is looked for. */
export interface Rule {
  /** In kebab-case: how it is chosen and suppressed, and what its page and its fixtures are called. */
  readonly id: string
  readonly severity: Severity
  /** What is wrong where it fires, in a few words. */
  readonly title: string
  /** Why it matters and what to do instead. Its first sentence stands for all of it where there is little room. */
  readonly explanation: string
  /** The page that says so, of whoever makes the thing. */
  readonly source: string
  readonly check: (world: World) => Iterable<Finding>
}
