import { type Code, openBraces, withinBrackets } from './code.ts'
import { bucketsIn, type Declaration, type Language, textsIn, typeOf } from './declaration.ts'

/** JavaScript and TypeScript, with prom-client. */
export const SCRIPT: Language = {
  files: /\.[cm]?[jt]sx?$/,
  tests: /\.(test|spec)\.[cm]?[jt]sx?$/,
  silent: /(["'])(?:\\.|(?!\1)[^\\\n])*\1|`(?:\\.|[^\\`])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
  comment: /^\/[/*]/,
  mentions: /\b(?:import|export|module\.exports\s*=)\s*(?:type\s*)?\{[^}]*\}|\bregisterMetric\([^()]*\)/g,
  declarationsIn,
  observationsOf,
}

const DECLARED =
  /(?:(?:const|let|var|readonly|static)\s+(\w+)(?:\s*:[^=]+)?\s*=\s*|(?:this\.)?(\w+)\s*[:=]\s*)?new\s+(?:\w+\.)?(Counter|Gauge|Histogram|Summary)\s*(?:<[^>]*>)?\(\s*\{/g

function declarationsIn(code: Code): readonly Declaration[] {
  return [...code.text.matchAll(DECLARED)].flatMap(({ index, 0: match, 1: own, 2: field, 3: word = '' }) => {
    const body = withinBrackets(code, index + match.length - 1)
    // What has no help is a class of another library.
    if (!/\bhelp\b/.test(body)) return []
    const labels = textsIn(/\blabelNames\s*:\s*\[([^\]]*)\]/.exec(body)?.[1] ?? '')
    return {
      ...{ code, offset: index, variable: own ?? field, labels, buckets: bucketsIn(body) },
      ...{ name: /\bname\s*:\s*['"`]([\w:]+)['"`]/.exec(body)?.[1], type: typeOf(word) },
      isCollected: /\bcollect\b/.test(body),
    }
  })
}

function observationsOf(variable: string, { bare }: Code): ReturnType<Language['observationsOf']> {
  const places = (pattern: string) => [...bare.matchAll(new RegExp(pattern, 'g'))].map(({ index }) => index)
  const labels = `(?:\\.labels\\([^)]*\\))?`
  const timers = bare.matchAll(
    new RegExp(`(\\w+)\\s*=\\s*(?:[\\w.]+\\.)?${variable}\\b${labels}\\s*\\.\\s*startTimer\\b`, 'g'),
  )
  const offsets = [
    ...places(`\\b${variable}\\b${labels}\\s*\\.\\s*observe\\b`),
    ...[...timers].flatMap(([, end = '']) => places(`\\b${end}\\(`)),
  ]
  return offsets.map((offset) => ({ isOnlySuccess: isOnlySuccess(bare, offset) }))
}

// What is awaited before it in the same function may fail, and it is in no handler of that.
function isOnlySuccess(bare: string, offset: number): boolean {
  for (const open of openBraces(bare, offset)) {
    const head = headOf(bare, open)
    if (/\b(catch|finally)\s*(\([^()]*\))?$/.test(head)) return false
    if (isFunction(head)) return failsUnseen(bare.slice(open, offset))
  }
  return false
}

// What is caught before is not what ends the function.
function failsUnseen(before: string): boolean {
  return /\bawait\b/.test(before) && !/\bcatch\b/.test(before)
}

// What stands before a brace, to the end of the statement before it.
function headOf(bare: string, open: number): string {
  return (/[^;{}]*$/.exec(bare.slice(Math.max(0, open - 400), open))?.[0] ?? '').trimEnd()
}

function isFunction(head: string): boolean {
  const isBlock = /\b(if|for|while|switch|else|do|try|with)\b\s*(await\s*)?(\([\s\S]*\))?$/.test(head)
  return /=>$/.test(head) || (!isBlock && /\)(\s*:\s*[\w<>[\]., |]+)?$/.test(head))
}
