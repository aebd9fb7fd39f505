import type { SourceFile } from '../source.ts'

/**
 * Whether every observation of a histogram stands in the body of a `try` whose `catch` and `finally` have none: what fails is
 * then not in it. JavaScript and TypeScript alone; false where there is no observation.
 */
export function observesOnlySuccess(variable: string, files: readonly SourceFile[]): boolean {
  const scripts = files.filter(({ name }) => /\.[cm]?[jt]sx?$/.test(name))
  const places = scripts.flatMap(({ text }) => observationsOf(variable, text).map((offset) => ({ text, offset })))
  return places.length > 0 && places.every(({ text, offset }) => isOnlySuccess(variable, text, offset))
}

function observationsOf(variable: string, text: string): readonly number[] {
  const direct = [...text.matchAll(new RegExp(`\\b${variable}\\b(?:\\.labels\\([^)]*\\))?\\s*\\.\\s*observe\\b`, 'g'))]
  const timers = [
    ...text.matchAll(
      new RegExp(`(\\w+)\\s*=\\s*(?:[\\w.]+\\.)?${variable}\\b(?:\\.labels\\([^)]*\\))?\\s*\\.\\s*startTimer\\b`, 'g'),
    ),
  ]
  const ends = timers.flatMap(([, end = '']) => [...text.matchAll(new RegExp(`\\b${end}\\(`, 'g'))])
  return [...direct, ...ends].map(({ index }) => index)
}

function isOnlySuccess(variable: string, text: string, offset: number): boolean {
  const start = enclosingTry(text, offset)
  if (start === undefined) return false
  const rest = handlersAfter(text, endOf(text, start))
  return (
    rest !== '' &&
    observationsOf(variable, rest).length === 0 &&
    !timersOf(variable, text).some((end) => rest.includes(`${end}(`))
  )
}

function timersOf(variable: string, text: string): readonly string[] {
  const found = text.matchAll(new RegExp(`(\\w+)\\s*=\\s*(?:[\\w.]+\\.)?${variable}\\b[^\\n]*startTimer`, 'g'))
  return [...found].map(([, end = '']) => end)
}

// The brace that opens the nearest `try` around a place, if it comes before that of a function.
function enclosingTry(text: string, offset: number): number | undefined {
  let depth = 0
  for (let index = offset; index >= 0; index -= 1) {
    if (text[index] === '}') depth += 1
    if (text[index] !== '{') continue
    if (depth > 0) {
      depth -= 1
      continue
    }
    const before = text.slice(0, index).trimEnd()
    if (/\btry$/.test(before)) return index
    if (/=>$|\bfunction\b[^{]*\)$/.test(before)) return undefined
  }
  return undefined
}

function endOf(text: string, open: number): number {
  let depth = 0
  for (let index = open; index < text.length; index += 1) {
    if (text[index] === '{') depth += 1
    if (text[index] === '}') depth -= 1
    if (depth === 0) return index + 1
  }
  return text.length
}

function handlersAfter(text: string, from: number): string {
  const handler = /\s*(?:catch\s*(?:\([^)]*\))?|finally)\s*\{/y
  handler.lastIndex = from
  const found = handler.exec(text)
  if (found === null) return ''
  const open = from + found[0].length - 1
  const end = endOf(text, open)
  return text.slice(open, end) + handlersAfter(text, end)
}
