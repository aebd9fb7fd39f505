import type { KnownMetric } from '../metric-catalogue.ts'
import type { Code } from './code.ts'

/** A metric that source declares. */
export interface Declaration {
  /** Undefined where it is no literal. */
  readonly name: string | undefined
  readonly type: KnownMetric['type']
  /** What holds the metric; undefined where nothing does that could be followed. */
  readonly variable: string | undefined
  readonly labels: readonly string[]
  /** Undefined where they are not numbers that can be read. */
  readonly buckets: readonly number[] | undefined
  /** Whether it sets itself when it is asked. */
  readonly isCollected: boolean
  readonly code: Code
  readonly offset: number
}

/** How the source of one language is read. */
export interface Language {
  /** Files of it, but for tests: what these set is not set where it matters. */
  readonly files: RegExp
  readonly tests: RegExp
  /** Texts and comments, and how the latter begin. */
  readonly silent: RegExp
  readonly comment: RegExp
  /** Where a metric is named and not set: what imports, exports and registers it. */
  readonly mentions: RegExp
  readonly declarationsIn: (code: Code) => readonly Declaration[]
  /** Places at which a histogram is observed, and whether what fails never gets there. */
  readonly observationsOf: (variable: string, code: Code) => readonly { readonly isOnlySuccess: boolean }[]
}

/** The type that a constructor's name says. */
export function typeOf(word: string): KnownMetric['type'] {
  // One of the four words that patterns allow.
  return word.toLowerCase() as KnownMetric['type']
}

/** The texts in a list. */
export function textsIn(list: string): readonly string[] {
  return [...list.matchAll(/['"`](\w+)['"`]/g)].map(([, word = '']) => word)
}

/** Buckets of a histogram that names none, in the clients of all three languages. */
const USUAL_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** The buckets that arguments of a histogram say: the usual ones where they say none, undefined where they cannot be read. */
export function bucketsIn(body: string): readonly number[] | undefined {
  const said = /\bbuckets\s*[:=]\s*([\s\S]*)/i.exec(body)?.[1]
  if (said === undefined || /^[\w.]*\b(DefBuckets|DEFAULT_BUCKETS)\b/.test(said)) return USUAL_BUCKETS
  const list =
    /^(?:\[\]float64\s*)?[[({]([\d\s.,_e+-]*)(?:float\(['"]inf['"]\)|INF|math\.Inf\(1\)|Infinity)?[\s,]*[\])}]/.exec(
      said,
    )
  const numbers = list === null ? madeBuckets(said) : numbersIn(list[1] ?? '')
  return numbers.length === 0 ? undefined : numbers
}

function madeBuckets(said: string): readonly number[] {
  const [, kind = '', args = ''] = /^[\w.]*?(linear|exponential)Buckets\(([\d\s.,_e+-]*)\)/i.exec(said) ?? []
  const [start = 0, step = 0, count = 0] = numbersIn(args)
  const isLinear = kind.toLowerCase() === 'linear'
  return Array.from({ length: count }, (_, at) => (isLinear ? start + step * at : start * step ** at))
}

function numbersIn(list: string): readonly number[] {
  return list.split(',').flatMap((word) => (word.trim() === '' ? [] : [Number(word.trim().replaceAll('_', ''))]))
}
