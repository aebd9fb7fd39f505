import { isAbsolute, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One line on why a module could not be loaded, and what to do. Made for the reader: no stack. */
export function explainLoadError(error: unknown, dir: string): string {
  const { code, message, place } = readError(error, dir)
  const at = place === undefined ? '' : ` (${place})`
  const advice = adviseOn(code, message)
  return `${message}${at}${advice === undefined ? '' : `. ${advice}`}`
}

/** Where in the project an error arose, as `agents/report.ts:12`; undefined when its stack names no file of the project. */
export function placeOf(error: unknown, dir: string): string | undefined {
  if (!(error instanceof Error) || error.stack === undefined) return undefined
  for (const [, file = '', line] of error.stack.matchAll(/((?:file:\/\/)?\/[^\s():]+|[A-Za-z]:\\[^\s():]+):(\d+)/g)) {
    const inside = insideOf(file, dir)
    if (inside !== undefined) return `${inside}:${line}`
  }
  return undefined
}

/** A path as it is shown: relative to the project, with slashes. */
export function showPath(file: string, dir: string): string {
  return relative(dir, file).split(sep).join('/')
}

function insideOf(file: string, dir: string): string | undefined {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file
  const inside = showPath(path, dir)
  const outside = inside.startsWith('..') || isAbsolute(inside) || inside.includes('node_modules/')
  return outside || inside === '' ? undefined : inside
}

function readError(error: unknown, dir: string) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const raw = error instanceof Error ? error.message || error.name : `it threw ${String(error)}`
  const name =
    error instanceof Error && /^(Syntax|Type|Reference|Range)Error$/.test(error.name) ? `${error.name}: ` : ''
  const message = `${name}${raw.trim().split('\n')[0] ?? ''}`.replaceAll(`${dir}${sep}`, '').replace(/\.$/, '')
  return { code, message, place: placeOf(error, dir) }
}

function adviseOn(code: string, message: string): string | undefined {
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX')
    return 'Node runs TypeScript by removing its types: use string unions for enums, plain fields for parameter properties'
  const [, missing] = /Cannot find package '([^']+)'/.exec(message) ?? []
  if (missing !== undefined) return `Install it: npm install ${missing}`
  if (code === 'ERR_UNSUPPORTED_DIR_IMPORT') return 'Import a file, with its extension'
  if (code === 'ERR_MODULE_NOT_FOUND')
    return 'Check the path; relative imports are written with their extension, such as ./report.ts'
  if (message.includes('does not provide an export named'))
    return "Check the name; a type is imported with 'import type'"
  return undefined
}
