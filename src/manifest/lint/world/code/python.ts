import { type Code, withinBrackets } from './code.ts'
import { bucketsIn, type Declaration, type Language, textsIn, typeOf } from './declaration.ts'

/** Python, with prometheus_client. */
export const PYTHON: Language = {
  files: /\.py$/,
  tests: /(^|\/)(test_[^/]*|[^/]*_test|conftest)\.py$/,
  silent: /("""|''')[\s\S]*?\1|(["'])(?:\\.|(?!\2)[^\\\n])*\2|#[^\n]*/g,
  comment: /^#/,
  mentions: /^[ \t]*(?:from\s+\S+\s+)?import\s+(?:\([^)]*\)|[^\n]*)|\.register\([^()]*\)/gm,
  declarationsIn,
  observationsOf,
}

const DECLARED =
  /^[ \t]*(?:self\.)?(\w+)[ \t]*(?::[ \t]*[\w.]+[ \t]*)?=[ \t]*(?:\w+\.)?(Counter|Gauge|Histogram|Summary)\(/gm

function declarationsIn(code: Code): readonly Declaration[] {
  return [...code.text.matchAll(DECLARED)].flatMap(({ index, 0: match, 1: variable, 2: word = '' }) => {
    const body = withinBrackets(code, index + match.length - 1)
    // A name and what it is about: one of `collections` has no second text.
    const first = /^\s*(?:name\s*=\s*)?(?:f?["'](\w+)["']|[\w.]+)\s*,\s*(?:documentation\s*=\s*)?\(?\s*f?["']/.exec(
      body,
    )
    if (first === null) return []
    const list =
      /\blabelnames\s*=\s*[[(]([^\])]*)/.exec(body) ?? /["']\)?\s*,\s*[[(]((?:\s*["']\w+["']\s*,?)+)[\])]/.exec(body)
    return {
      ...{ code, offset: index, variable, type: typeOf(word), isCollected: false },
      ...{ name: nameIn(body, first[1], word), labels: textsIn(list?.[1] ?? ''), buckets: bucketsIn(body) },
    }
  })
}

// The client puts a namespace and a subsystem before the name, a unit and the ending of a counter behind it.
function nameIn(body: string, name: string | undefined, word: string): string | undefined {
  const [namespace, subsystem, unit] = ['namespace', 'subsystem', 'unit'].map((field) => {
    const said = new RegExp(`\\b${field}\\s*=\\s*(?:["'](\\w*)["'])?`).exec(body)
    return said === null ? '' : said[1]
  })
  if (name === undefined || namespace === undefined || subsystem === undefined || unit === undefined) return undefined
  const whole = [namespace, subsystem, name.replace(word === 'Counter' ? /_total$/ : /$^/, '')]
    .filter((part) => part !== '')
    .join('_')
  const measured = unit === '' || whole.endsWith(`_${unit}`) ? whole : `${whole}_${unit}`
  return word === 'Counter' ? `${measured}_total` : measured
}

function observationsOf(variable: string, { bare }: Code): ReturnType<Language['observationsOf']> {
  const places = bare.matchAll(
    new RegExp(`\\b${variable}\\b(?:\\.labels\\([^()]*\\))?\\s*\\.\\s*(observe|time)\\b`, 'g'),
  )
  return [...places].map(({ index, 1: way }) => ({ isOnlySuccess: way === 'observe' && isOnlySuccess(bare, index) }))
}

// It stands behind the time that the function takes first and a call, and in no handler.
function isOnlySuccess(bare: string, offset: number): boolean {
  const above = bare.slice(0, offset).split('\n')
  let indent = /^\s*/.exec(above.pop() ?? '')?.[0].length ?? 0
  const between: string[] = []
  for (const line of above.toReversed()) {
    between.unshift(line)
    const depth = line.search(/\S/)
    if (depth < 0 || depth >= indent) continue
    indent = depth
    if (/^\s*(finally|except)\b/.test(line)) return false
    if (/^\s*(async\s+)?def\b/.test(line)) return hasTimed(between.join('\n'))
  }
  return false
}

function hasTimed(lines: string): boolean {
  const [, after = ''] = lines.split(/\b(?:time|perf_counter|monotonic|now)\(\)[^\n]*\n/, 2)
  return /\w\(|\byield\b|\bawait\b/.test(after) && !/\b(except|suppress)\b/.test(after)
}
