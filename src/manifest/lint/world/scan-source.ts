import type { SourceFile } from '../source.ts'
import type { KnownMetric } from './metric-catalogue.ts'
import { observesOnlySuccess } from './observation.ts'

/** A declaration in the source of an application. */
interface Declaration {
  readonly name: string
  readonly type: KnownMetric['type']
  /** What holds the metric; undefined where nothing does that could be followed. */
  readonly variable: string | undefined
  readonly labels: readonly string[]
  readonly buckets: readonly number[] | undefined
  /** Whether it sets itself when it is asked. */
  readonly isCollected: boolean
  readonly file: SourceFile
  readonly offset: number
}

const CALLS =
  'inc|dec|set|observe|startTimer|labels|setToCurrentTime|time|count_exceptions|Inc|Dec|Set|Add|Sub|Observe|With|WithLabelValues'

/** Buckets of a histogram that names none, in prom-client and the clients of Go and Python. */
const USUAL_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * The metrics that an application's source declares, with what can be seen of how they are set.
 *
 * Reads declarations of prom-client (JavaScript, TypeScript) and of the Prometheus clients of Python and Go as text: what is
 * made in other ways is not known.
 */
export function scanSource(files: readonly SourceFile[]): ReadonlyMap<string, KnownMetric> {
  const declared = files.flatMap((file) => [...inScript(file), ...inPython(file), ...inGo(file)])
  return new Map(declared.map((each) => [each.name, toMetric(each, files)]))
}

function toMetric(declaration: Declaration, files: readonly SourceFile[]): KnownMetric {
  const { type, labels, buckets, variable, isCollected, file, offset } = declaration
  const isUsed = variable === undefined || files.some(({ text }) => usesOf(variable).test(text))
  return {
    ...{ type, labels, isSet: isCollected || isUsed },
    ...(type === 'histogram' ? { buckets: buckets ?? USUAL_BUCKETS } : {}),
    ...(type === 'histogram' && variable !== undefined
      ? { leavesFailuresOut: observesOnlySuccess(variable, files) }
      : {}),
    spot: { file: file.name, line: file.text.slice(0, offset).split('\n').length, column: 1 },
  }
}

function usesOf(variable: string): RegExp {
  return new RegExp(`\\b${variable}\\b(?:\\([^)]*\\))?\\s*\\.\\s*(?:${CALLS})\\b`)
}

function inScript(file: SourceFile): readonly Declaration[] {
  if (!/\.[cm]?[jt]sx?$/.test(file.name)) return []
  const found = file.text.matchAll(
    /(?:(?:const|let|var|readonly|static)\s+(\w+)(?:\s*:[^=]+)?\s*=\s*|(?:this\.)?(\w+)\s*[:=]\s*)?new\s+(?:\w+\.)?(Counter|Gauge|Histogram|Summary)\s*(?:<[^>]*>)?\(\s*\{/g,
  )
  return [...found].flatMap(({ index, 0: match, 1: own, 2: field, 3: type = '' }) => {
    const body = bodyFrom(file.text, index + match.length)
    const name = /\bname\s*:\s*['"`]([\w:]+)['"`]/.exec(body)?.[1]
    if (name === undefined) return []
    const [labels, buckets] = [listIn(body, 'labelNames'), numbersIn(body, 'buckets')]
    return [{ ...read(file, index, type, name, own ?? field), labels, buckets, isCollected: /\bcollect\b/.test(body) }]
  })
}

function inPython(file: SourceFile): readonly Declaration[] {
  if (!file.name.endsWith('.py')) return []
  const found = file.text.matchAll(
    /^\s*(?:self\.)?(\w+)\s*=\s*(?:\w+\.)?(Counter|Gauge|Histogram|Summary)\(\s*['"]([\w:]+)['"]([^\n]*(?:\n[^\n]*?)*?)\)\s*$/gm,
  )
  return [...found].map(({ index, 1: variable, 2: type = '', 3: name = '', 4: rest = '' }) => ({
    // The client of Python adds the ending of a counter.
    ...read(file, index, type, type === 'Counter' && !name.endsWith('_total') ? `${name}_total` : name, variable),
    labels: [...(/\[([^\]]*)\]/.exec(rest)?.[1] ?? '').matchAll(/['"](\w+)['"]/g)].map(([, label = '']) => label),
    buckets: numbersIn(rest, 'buckets'),
  }))
}

function inGo(file: SourceFile): readonly Declaration[] {
  if (!file.name.endsWith('.go')) return []
  const found = file.text.matchAll(
    /(\w+)\s*:?=\s*(?:prometheus|promauto)\.New(Counter|Gauge|Histogram|Summary)(?:Vec)?\(\s*prometheus\.\w+Opts\{([^}]*(?:\{[^}]*\}[^}]*)*)\}([^)]*)/g,
  )
  return [...found].flatMap(({ index, 1: variable, 2: type = '', 3: body = '', 4: rest = '' }) => {
    const part = (field: string) => new RegExp(`\\b${field}:\\s*"(\\w+)"`).exec(body)?.[1]
    const name = [part('Namespace'), part('Subsystem'), part('Name')].filter((it) => it !== undefined).join('_')
    if (name === '') return []
    const labels = [...rest.matchAll(/"(\w+)"/g)].map(([, label = '']) => label)
    return [{ ...read(file, index, type, name, variable), labels, buckets: numbersIn(body, 'Buckets') }]
  })
}

function read(file: SourceFile, offset: number, type: string, name: string, variable: string | undefined): Declaration {
  return {
    // One of the four words that the pattern allows.
    ...{ name, variable, type: type.toLowerCase() as KnownMetric['type'], file, offset },
    ...{ labels: [], buckets: undefined, isCollected: false },
  }
}

function bodyFrom(text: string, start: number): string {
  let depth = 1
  for (let index = start; index < text.length; index += 1) {
    if (text[index] === '{') depth += 1
    if (text[index] === '}') depth -= 1
    if (depth === 0) return text.slice(start, index)
  }
  return text.slice(start)
}

function listIn(body: string, field: string): readonly string[] {
  const list = new RegExp(`\\b${field}\\s*:\\s*\\[([^\\]]*)\\]`).exec(body)?.[1] ?? ''
  return [...list.matchAll(/['"`](\w+)['"`]/g)].map(([, word = '']) => word)
}

function numbersIn(body: string, field: string): readonly number[] | undefined {
  const list = new RegExp(`\\b${field}\\s*[:=]\\s*(?:\\[\\]float64)?[[({]([\\d\\s.,_e+-]*)[\\])}]`).exec(body)?.[1]
  const numbers = list
    ?.split(',')
    .flatMap((word) => (word.trim() === '' ? [] : [Number(word.trim().replaceAll('_', ''))]))
  return numbers === undefined || numbers.length === 0 ? undefined : numbers
}
