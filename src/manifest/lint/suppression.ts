import type { Field, Subject } from './field.ts'

/** On an object: `rule-id (reason), another-rule (reason)`, which are not reported for it. */
const IGNORE_ANNOTATION = 'lint.agentpolis.dev/ignore'

/** A rule that does not hold for an object, and why. */
export interface Suppression {
  readonly id: string
  /** Empty where none is given: then it suppresses nothing. */
  readonly reason: string
  readonly field: Field
}

/** What an object's annotation says of rules. */
export function suppressionsOf(subject: Subject): readonly Suppression[] {
  const text = subject.annotations[IGNORE_ANNOTATION]
  if (text === undefined) return []
  const field = subject.at('metadata', 'annotations', IGNORE_ANNOTATION)
  return [...text.matchAll(/([^\s,()]+)\s*(?:\(([^)]*)\))?/g)].map(([, id = '', reason = '']) => ({
    ...{ id, field },
    reason: reason.trim(),
  }))
}
