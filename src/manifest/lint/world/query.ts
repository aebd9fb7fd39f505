import type { Field, Subject } from '../field.ts'
import { RULE_FILE } from '../subject.ts'

/** PromQL that stands in an object. */
export interface QueryView {
  readonly field: Field
  readonly text: string
  /** What it is for. An alert fires on it, a recording keeps it, a scaler compares it. */
  readonly use: 'alert' | 'record' | 'scaler'
  /** The rule or the trigger that it is of. */
  readonly holder: Field
}

/** The PromQL of an object. */
export function queriesOf(subject: Subject): readonly QueryView[] {
  if (subject.kind === RULE_FILE) return inGroups(subject.at('groups'))
  if (subject.kind === 'PrometheusRule') return inGroups(subject.at('spec', 'groups'))
  if (subject.kind === 'ScaledObject' || subject.kind === 'ScaledJob') return inTriggers(subject)
  return []
}

function inGroups(groups: Field): readonly QueryView[] {
  return groups.items
    .flatMap((group) => group.at('rules').items)
    .flatMap((holder): QueryView[] => {
      const field = holder.at('expr')
      const use = holder.at('alert').exists ? 'alert' : 'record'
      // A number is an expression too, which YAML has read already.
      return field.exists ? [{ field, text: String(field.value), use, holder }] : []
    })
}

function inTriggers(subject: Subject): readonly QueryView[] {
  return subject
    .at('spec', 'triggers')
    .items.filter((trigger) => trigger.at('type').text === 'prometheus')
    .flatMap((holder): QueryView[] => {
      const field = holder.at('metadata', 'query')
      return field.text === undefined ? [] : [{ field, text: field.text, use: 'scaler', holder }]
    })
}
