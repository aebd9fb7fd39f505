/** Reads the project's own TypeScript without a compiler: enough to check imports, sizes and forbidden words. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { blank } from './blank.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface SourceFile {
  /** Relative to the root of the repository, with forward slashes. */
  readonly path: string
  readonly text: string
  /** The text with strings, templates, regular expressions and comments blanked: same length, same lines. */
  readonly code: string
}

export function readSources(...folders: string[]): SourceFile[] {
  const patterns = folders.map((folder) => `${folder}/**/*.{ts,mjs}`)
  return globSync(patterns, { cwd: root, exclude: ['**/node_modules/**'] })
    .sort()
    .map(readSource)
}

const cache = new Map<string, SourceFile>()

function readSource(path: string): SourceFile {
  const known = cache.get(path)
  if (known !== undefined) return known
  const text = readFileSync(join(root, path), 'utf8')
  const source = { path, text, code: blank(text) }
  cache.set(path, source)
  return source
}

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** The specifiers of all imports and re-exports, static and dynamic, of values and of types. */
export function importsOf({ text, code }: SourceFile): string[] {
  const patterns = [/^(?:import|export)\b[^'"]*?\bfrom\s*(['"])/gm, /^import\s*(['"])/gm, /\bimport\(\s*(['"])/g]
  const found: string[] = []
  for (const pattern of patterns) {
    for (const match of code.matchAll(pattern)) {
      const start = match.index + match[0].length
      found.push(text.slice(start, text.indexOf(match[1] ?? "'", start)))
    }
  }
  return found
}

/** The relative imports of a file, as paths from the root. */
export function localImportsOf(file: SourceFile): string[] {
  const relative = importsOf(file).filter((specifier) => specifier.startsWith('.'))
  return relative.map((specifier) => join(dirname(file.path), specifier))
}

export interface FunctionSize {
  readonly line: number
  readonly lines: number
}

/** Every function body in a file that is written with braces, with its size in lines. */
export function functionsOf({ code }: SourceFile): FunctionSize[] {
  const open: number[] = []
  const sizes: FunctionSize[] = []
  for (let index = 0; index < code.length; index += 1) {
    if (code[index] === '{') open.push(index)
    if (code[index] !== '}') continue
    const start = open.pop()
    if (start === undefined || !opensFunction(code.slice(0, start))) continue
    sizes.push({ line: lineAt(code, start), lines: lineAt(code, index) - lineAt(code, start) + 1 })
  }
  return sizes
}

function opensFunction(before: string): boolean {
  const head = before.trimEnd()
  if (head.endsWith('=>')) return true
  // Back over a return type to the parameter list, then to the word before it.
  const type = /\)\s*(?::[^;={}()]*)?$/.exec(head)
  if (type === null) return false
  let depth = 0
  for (let index = type.index; index >= 0; index -= 1) {
    if (head[index] === ')') depth += 1
    if (head[index] === '(') depth -= 1
    if (depth > 0) continue
    const word = /([\w$#]+)\s*(?:<[^()]*>)?\s*$/.exec(head.slice(0, index))?.[1]
    return word !== undefined && !['if', 'for', 'while', 'switch', 'catch', 'with', 'await'].includes(word)
  }
  return false
}

export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
