import { PolisError } from '../../core/error.ts'
import { nearest } from '../../core/nearest.ts'
import type { Rule } from '../../manifest/lint/rule.ts'
import { RULES } from '../../manifest/lint/rules.ts'

/** The rules of these ids, or all. Throws INVALID_ARGUMENT for an id that no rule has. */
export function chooseRules(ids: readonly string[] | undefined): readonly Rule[] {
  if (ids === undefined) return RULES
  return ids.map((id) => {
    const found = RULES.find((rule) => rule.id === id)
    if (found !== undefined) return found
    const meant = nearest(
      id,
      RULES.map((rule) => rule.id),
    )
    const advice = meant === undefined ? 'docs/reference/lint.md lists them' : `did you mean '${meant}'?`
    throw new PolisError('INVALID_ARGUMENT', `--rule: there is no rule '${id}'; ${advice}`)
  })
}
