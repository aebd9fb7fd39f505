import { type Code, closeOf, openBraces, withinBrackets } from './code.ts'
import { bucketsIn, type Declaration, type Language, textsIn, typeOf } from './declaration.ts'

/** Go, with client_golang. */
export const GO: Language = {
  files: /\.go$/,
  tests: /_test\.go$/,
  silent: /"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])+'|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
  comment: /^\/[/*]/,
  mentions: /\b(?:Must)?Register\([^()]*\)/g,
  declarationsIn,
  observationsOf,
}

const DECLARED =
  /(\w+)\s*(?::=|=|:)\s*(?:\w+(?:\.With\([^()]*\))?\.)?New(Counter|Gauge|Histogram|Summary)(Vec|Func)?\(\s*prometheus\.\w+Opts\{/g

function declarationsIn(code: Code): readonly Declaration[] {
  return [...code.text.matchAll(DECLARED)].map(({ index, 0: match, 1: variable, 2: word = '', 3: form }) => {
    const open = index + match.length - 1
    const body = withinBrackets(code, open)
    const labels = /^\s*,\s*\[\]string\{([^}]*)\}/.exec(code.text.slice(closeOf(code.bare, open) + 1))
    return {
      ...{ code, offset: index, variable, type: typeOf(word), name: nameIn(body) },
      ...{ labels: textsIn(labels?.[1] ?? ''), buckets: bucketsIn(body), isCollected: form === 'Func' },
    }
  })
}

// A part that is said and no literal makes a name that is not known.
function nameIn(body: string): string | undefined {
  const parts = ['Namespace', 'Subsystem', 'Name'].map((field) => {
    const said = new RegExp(`\\b${field}:\\s*(?:"(\\w*)")?`).exec(body)
    return said === null ? '' : said[1]
  })
  return parts.includes(undefined) || parts[2] === '' ? undefined : parts.filter((part) => part !== '').join('_')
}

function observationsOf(variable: string, { bare }: Code): ReturnType<Language['observationsOf']> {
  const direct = new RegExp(`\\b${variable}\\b(?:\\s*\\.\\s*With\\w*\\([^()]*\\))?\\s*\\.\\s*Observe\\b`, 'g')
  const timers = new RegExp(`\\bNewTimer\\(\\s*(?:\\w+\\.)?${variable}\\b`, 'g')
  const places = [...bare.matchAll(direct), ...bare.matchAll(timers)]
  return places.map(({ index, 0: match }) => ({
    isOnlySuccess: !match.startsWith('NewTimer') && isOnlySuccess(bare, index),
  }))
}

// The function may end between the time that it takes first and the place, which is not deferred.
function isOnlySuccess(bare: string, offset: number): boolean {
  for (const open of openBraces(bare, offset)) {
    const head = bare.slice(bare.lastIndexOf('\n', open) + 1, open)
    if (!/\bfunc\b/.test(head)) continue
    const start = bare.indexOf('time.Now()', open)
    if (/\bdefer\b/.test(head) || start < 0 || start > offset) return false
    return /\breturn\b/.test(bare.slice(start, offset)) && !/\bfunc\b/.test(bare.slice(start, offset))
  }
  return false
}
