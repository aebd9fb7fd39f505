import { type Duration, parseDuration } from '../core/duration.ts'
import { PolisError } from '../core/error.ts'
import { isName, NAME_RULE } from '../core/name.ts'
import { nearest } from '../core/nearest.ts'
import type { CaseSource } from './case/data.ts'
import type { EvalQuestion } from './eval-question.ts'
import type { AnyScorer, Judge, ScorerFunction } from './evidence.ts'
import type { ThresholdOptions } from './threshold.ts'

/** A scorer whose form is decided. */
export interface NamedScorer {
  readonly name: string
  readonly weight: number
  readonly by: { readonly kind: 'function'; readonly score: ScorerFunction } | Judge
}

/** What answers questions: a function always. */
export type Answerer = (question: EvalQuestion) => unknown

/** Options of an eval, checked, with defaults. */
export interface CheckedOptions {
  readonly name: string
  readonly description: string
  /** Name of the agent. */
  readonly agent: string
  readonly data: readonly CaseSource[]
  readonly scorers: readonly NamedScorer[]
  readonly threshold: ThresholdOptions
  readonly concurrency: number
  /** Milliseconds. */
  readonly timeout: number
  readonly trials: number
  readonly answers: Answerer
}

/** Bounds of what an eval, or the command line, may ask for. */
const EVAL_LIMITS = { concurrency: 64, trials: 100 } as const

const OPTIONS = [
  ...['name', 'description', 'agent', 'data', 'scorers', 'threshold'],
  ...['concurrency', 'timeout', 'trials', 'answers'],
]

/** Checks what an author gave to `defineEval`; INVALID_CONFIG naming the option. */
export function checkOptions(given: unknown): CheckedOptions {
  if (!isRecord(given)) throw new PolisError('INVALID_CONFIG', `defineEval: expected an object, got ${show(given)}`)
  const { name } = given
  if (!isName(name))
    throw new PolisError('INVALID_CONFIG', `defineEval: option name: expected ${NAME_RULE}, got ${show(name)}`)
  const wrong: Wrong = (option, expected, got) => {
    throw new PolisError(
      'INVALID_CONFIG',
      `defineEval ${name}: option ${option}: expected ${expected}, got ${show(got)}`,
    )
  }
  for (const option of Object.keys(given)) if (!OPTIONS.includes(option)) unknownOption(name, option)
  return {
    name,
    description: textOf(given.description, wrong),
    agent: agentOf(given.agent, wrong),
    data: dataOf(given.data, wrong),
    scorers: scorersOf(given.scorers, wrong),
    threshold: thresholdOf(given, wrong),
    concurrency: wholeOf(given.concurrency ?? 4, 'concurrency', EVAL_LIMITS.concurrency, wrong),
    timeout: timeoutOf(given.timeout ?? '10m', name),
    trials: wholeOf(given.trials ?? 1, 'trials', EVAL_LIMITS.trials, wrong),
    answers: answersOf(given.answers, wrong),
  }
}

type Wrong = (option: string, expected: string, got: unknown) => never

function unknownOption(name: string, option: string): never {
  const near = nearest(option, OPTIONS)
  const hint = near === undefined ? `known are ${OPTIONS.join(', ')}` : `did you mean ${near}?`
  throw new PolisError('INVALID_CONFIG', `defineEval ${name}: unknown option ${option}; ${hint}`)
}

function textOf(given: unknown, wrong: Wrong): string {
  return given === undefined || typeof given === 'string' ? (given ?? '') : wrong('description', 'a text', given)
}

function agentOf(given: unknown, wrong: Wrong): string {
  const name = isRecord(given) ? given.name : given
  return isName(name) ? name : wrong('agent', 'an agent or its name', given)
}

function dataOf(given: unknown, wrong: Wrong): readonly CaseSource[] {
  const list = Array.isArray(given) ? given : [given]
  if (list.length === 0) wrong('data', 'at least one case', given)
  return list.map((item: unknown, at) => {
    const option = Array.isArray(given) ? `data[${at}]` : 'data'
    if (!isRecord(item)) return wrong(option, 'a case { input }, file(…) or runs(…)', item)
    if (item.kind === 'file' || item.kind === 'runs') return item as unknown as CaseSource
    return checkCase(item, (part, expected, got) => wrong(part === '' ? option : `${option}.${part}`, expected, got))
  })
}

/** A case, whoever wrote it; `wrong` is told the part of it that is not right. */
export function checkCase(item: unknown, wrong: Wrong): CaseSource {
  if (!isRecord(item) || !('input' in item)) return wrong('', 'a case { input, expected?, name?, tags? }', item)
  const { name, tags } = item
  if (name !== undefined && (typeof name !== 'string' || name === '' || name.length > 200))
    wrong('name', 'a text of up to 200 characters', name)
  if (tags !== undefined && !(Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')))
    wrong('tags', 'a list of texts', tags)
  const extra = Object.keys(item).find((key) => !['name', 'input', 'expected', 'tags'].includes(key))
  if (extra !== undefined) wrong(extra, 'name, input, expected and tags only', item[extra])
  return item as unknown as CaseSource
}

function scorersOf(given: unknown, wrong: Wrong): readonly NamedScorer[] {
  if (!isRecord(given) || Object.keys(given).length === 0)
    return wrong('scorers', 'scorers by name, at least one', given)
  return Object.entries(given).map(([name, scorer]) => {
    const option = `scorers.${name}`
    if (!isName(name)) wrong(option, `its name to be ${NAME_RULE}`, name)
    // Whatever it is, it is looked at below.
    return scorerOf(name, scorer as AnyScorer, (got) => wrong(option, 'a function or a scorer such as exact()', got))
  })
}

function scorerOf(name: string, given: AnyScorer, wrong: (got: unknown) => never, weight = 1): NamedScorer {
  if (typeof given === 'function') return { name, weight, by: { kind: 'function', score: given } }
  if (!isRecord(given)) return wrong(given)
  if (given.kind === 'weighted') return scorerOf(name, given.scorer, wrong, given.weight)
  if (given.kind === 'judge') return { name, weight, by: given }
  return given.kind === 'scorer' ? { name, weight, by: { kind: 'function', score: given.score } } : wrong(given)
}

function thresholdOf({ threshold, scorers }: Readonly<Record<string, unknown>>, wrong: Wrong): ThresholdOptions {
  if (threshold === undefined) return {}
  if (typeof threshold === 'number') return { mean: shareOf(threshold, 'threshold', wrong) }
  if (!isRecord(threshold))
    return wrong('threshold', 'a number from 0 to 1 or { mean, scorers, regression }', threshold)
  for (const key of Object.keys(threshold))
    if (!['mean', 'scorers', 'regression'].includes(key)) wrong(`threshold.${key}`, 'mean, scorers or regression', key)
  const { mean, regression, scorers: each = {} } = threshold
  if (!isRecord(each)) return wrong('threshold.scorers', 'numbers by the names of scorers', each)
  const names = Object.keys(isRecord(scorers) ? scorers : {})
  const least = Object.entries(each).map(([name, value]) => {
    if (!names.includes(name)) wrong(`threshold.scorers.${name}`, `a scorer of this eval (${names.join(', ')})`, name)
    return [name, shareOf(value, `threshold.scorers.${name}`, wrong)] as const
  })
  return {
    ...(mean === undefined ? {} : { mean: shareOf(mean, 'threshold.mean', wrong) }),
    ...(least.length === 0 ? {} : { scorers: Object.fromEntries(least) }),
    ...(regression === undefined ? {} : { regression: shareOf(regression, 'threshold.regression', wrong) }),
  }
}

function answersOf(given: unknown, wrong: Wrong): Answerer {
  if (given === undefined) return () => undefined
  if (typeof given === 'function') return given as Answerer
  if (!isRecord(given)) return wrong('answers', 'answers by the names of questions, or a function', given)
  return (question) => {
    const name = question.id.slice(question.id.lastIndexOf('/') + 1).replace(/#\d+$/, '')
    const key = [question.id, name].find((candidate) => Object.hasOwn(given, candidate))
    const answer = key === undefined ? undefined : given[key]
    return typeof answer === 'function' ? answer(question) : answer
  }
}

function shareOf(given: unknown, option: string, wrong: Wrong): number {
  return typeof given === 'number' && given >= 0 && given <= 1 ? given : wrong(option, 'a number from 0 to 1', given)
}

function wholeOf(given: unknown, option: string, largest: number, wrong: Wrong): number {
  const isWhole = typeof given === 'number' && Number.isInteger(given) && given >= 1 && given <= largest
  return isWhole ? given : wrong(option, `a whole number from 1 to ${largest}`, given)
}

function timeoutOf(given: unknown, name: string): number {
  try {
    // Anything else than a duration is refused there, in words of its own.
    return parseDuration(given as Duration, `defineEval ${name}: option timeout`)
  } catch (cause) {
    throw new PolisError('INVALID_CONFIG', PolisError.from(cause).message, { cause })
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return `'${value.slice(0, 60)}'`
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
