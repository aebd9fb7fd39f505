import { PolisError } from '../../core/error.ts'
import type { Evidence, Scorer } from '../evidence.ts'
import { failure } from './failure.ts'
import { atPath, brief } from './path.ts'

/** How texts are looked for. */
export interface ContainsOptions {
  /** Where in the output. Default: the whole of it, as JSON where it is no text. */
  readonly path?: string
  /** `all` scores the share that is there, `any` 1 for the first, `none` 1 where there is none of them. Default: `all`. */
  readonly mode?: 'all' | 'any' | 'none'
  /** Default: false. */
  readonly caseSensitive?: boolean
}

/** Whether the output contains a text, or several. Without any, those that the case expects: a text, or a list of texts. */
export function contains(wanted?: string | readonly string[], options: ContainsOptions = {}): Scorer {
  const { mode = 'all' } = options
  if (!['all', 'any', 'none'].includes(mode))
    throw new PolisError('INVALID_CONFIG', `contains: option mode: expected all, any or none, got ${brief(mode)}`)
  const fixed = wanted === undefined ? undefined : textsOf(wanted)
  return Object.freeze({
    kind: 'scorer',
    score(evidence: Evidence) {
      const texts = fixed ?? textsOf(evidence.expected)
      return failure(evidence) ?? look(textAt(evidence.output, options.path), texts, { ...options, mode })
    },
  })
}

function look(text: string, wanted: readonly string[], { mode, caseSensitive = false }: ContainsOptions) {
  const fold = (it: string) => (caseSensitive ? it : it.toLocaleLowerCase('en'))
  const there = wanted.filter((each) => fold(text).includes(fold(each)))
  const missing = wanted.filter((each) => !there.includes(each))
  if (mode === 'none')
    return there.length === 0
      ? { score: 1 }
      : { score: 0, reason: `contains ${there.map((it) => brief(it)).join(', ')}` }
  const score = mode === 'any' ? Math.min(1, there.length) : there.length / wanted.length
  return score === 1 ? { score } : { score, reason: `does not contain ${missing.map((it) => brief(it)).join(', ')}` }
}

function textsOf(given: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  const texts = list.filter((it) => typeof it === 'string' && it !== '')
  // Filtered to texts just before.
  if (texts.length === list.length && texts.length > 0) return texts as readonly string[]
  throw new PolisError(
    'INVALID_CONFIG',
    `contains: expected a text or a list of texts, got ${brief(given)}: give them, or let the case expect them`,
  )
}

function textAt(output: unknown, path: string | undefined): string {
  const value = atPath(output, path)
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
