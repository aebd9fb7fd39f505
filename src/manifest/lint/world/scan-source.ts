import type { SourceFile } from '../source.ts'
import { type Code, readCode } from './code/code.ts'
import type { Declaration, Language } from './code/declaration.ts'
import { GO } from './code/go.ts'
import { PYTHON } from './code/python.ts'
import { SCRIPT } from './code/script.ts'
import type { KnownMetric } from './metric-catalogue.ts'

/** What the source of an application says of its metrics. */
export interface Scan {
  readonly metrics: ReadonlyMap<string, KnownMetric>
  /** Whether it may have more: the name of one is no literal. */
  readonly isOpen: boolean
}

/**
 * The metrics that an application's source declares, with what can be seen of how they are set.
 *
 * Reads declarations of prom-client (JavaScript, TypeScript) and of the Prometheus clients of Python and Go as text: what is
 * made in other ways is not known. A metric is never set where nothing but its declaration, imports and exports names it.
 */
export function scanSource(files: readonly SourceFile[]): Scan {
  const declared = [SCRIPT, PYTHON, GO].flatMap((language) => scan(language, files))
  return {
    metrics: new Map(declared.flatMap(([name, metric]) => (name === undefined ? [] : [[name, metric]]))),
    isOpen: declared.some(([name]) => name === undefined),
  }
}

function scan(language: Language, files: readonly SourceFile[]): readonly [string | undefined, KnownMetric][] {
  const own = files.filter(({ name }) => language.files.test(name) && !language.tests.test(name))
  const codes = own.map((file) => readCode(file, language.silent, language.comment))
  const declared = codes.flatMap((code) => language.declarationsIn(code))
  return declared.map((each) => [each.name, toMetric(each, language, codes)])
}

function toMetric(declaration: Declaration, language: Language, codes: readonly Code[]): KnownMetric {
  const { type, labels, buckets, variable, isCollected, code, offset } = declaration
  const isUsed = variable === undefined || codes.some((each) => isNamed(variable, declaration, language, each))
  const isHistogram = type === 'histogram'
  return {
    ...{ type, labels, isSet: isCollected || isUsed },
    ...(isHistogram && buckets !== undefined ? { buckets } : {}),
    ...(isHistogram && variable !== undefined
      ? { leavesFailuresOut: observesOnlySuccess(variable, language, codes) }
      : {}),
    spot: { file: code.file.name, line: code.text.slice(0, offset).split('\n').length, column: 1 },
  }
}

// Whatever names it may set it, as a function that it is given to does; but for what reads it.
function isNamed(
  variable: string,
  { code, offset }: Declaration,
  { mentions }: Language,
  { file, bare }: Code,
): boolean {
  const active = bare.replace(mentions, (part) => part.replaceAll(/[^\n]/g, ' '))
  const places = active.matchAll(
    new RegExp(`\\b${variable}\\b(?!\\s*\\??\\.\\s*(?:get|reset|remove|clear|Reset|Describe|Desc)\\b)`, 'g'),
  )
  const own = offset + code.bare.slice(offset).search(new RegExp(`\\b${variable}\\b`))
  return [...places].some(({ index }) => file !== code.file || index !== own)
}

function observesOnlySuccess(variable: string, { observationsOf }: Language, codes: readonly Code[]): boolean {
  const observations = codes.flatMap((code) => observationsOf(variable, code))
  return observations.length > 0 && observations.every(({ isOnlySuccess }) => isOnlySuccess)
}
