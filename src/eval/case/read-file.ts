import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { PolisError } from '../../core/error.ts'
import { checkCase } from '../check-options.ts'
import { parseCsv } from './csv.ts'
import type { EvalCase, FileData } from './data.ts'

const LARGEST = 64 * 1024 * 1024

/** The cases of a file; INVALID_CONFIG naming the file and the line of what is wrong. `from` is the eval's own file. */
export async function readCases({ path }: FileData, from: string): Promise<readonly EvalCase[]> {
  const file = resolve(dirname(from), path)
  const text = await readText(path, file, from)
  return rowsOf(path, text).map(([place, row]) => {
    const wrong = (part: string, expected: string) => {
      throw new PolisError(
        'INVALID_CONFIG',
        `data: file ${path}, ${place}${part === '' ? '' : `, ${part}`}: expected ${expected}`,
      )
    }
    // `checkCase` lets only cases through, and a file holds no sources of other cases.
    return checkCase(row, wrong as never) as EvalCase
  })
}

async function readText(path: string, file: string, from: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size <= LARGEST) return await readFile(file, 'utf8')
    throw new PolisError('INVALID_CONFIG', `expected at most ${LARGEST} bytes, got ${size}: split it into several`)
  } catch (cause) {
    const { message } = PolisError.from(cause)
    const place = `data: file ${path} cannot be read (it counts from ${basename(from)})`
    throw new PolisError('INVALID_CONFIG', `${place}: ${message}`, { cause })
  }
}

type Row = readonly [place: string, value: unknown]

function rowsOf(path: string, text: string): readonly Row[] {
  if (/\.csv$/i.test(path)) return csvRows(path, text)
  if (/\.jsonl$/i.test(path))
    return text
      .split('\n')
      .flatMap((line, at): Row[] =>
        line.trim() === '' ? [] : [[`line ${at + 1}`, parse(path, line, `line ${at + 1}`)]],
      )
  const list = parse(path, text, 'the whole')
  if (!Array.isArray(list)) throw new PolisError('INVALID_CONFIG', `data: file ${path}: expected a list of cases`)
  return list.map((value: unknown, at): Row => [`case ${at + 1}`, value])
}

function parse(path: string, text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new PolisError(
      'INVALID_CONFIG',
      `data: file ${path}, ${place}: expected JSON: ${PolisError.from(cause).message}`,
      { cause },
    )
  }
}

function csvRows(path: string, text: string): readonly Row[] {
  try {
    return parseCsv(text).map((row, at): Row => [`row ${at + 2}`, caseOf(row)])
  } catch (cause) {
    throw new PolisError('INVALID_CONFIG', `data: file ${path}, ${PolisError.from(cause).message}`, { cause })
  }
}

// `input.order.id` is a field of the input; an empty cell says nothing.
function caseOf(row: Readonly<Record<string, string>>): unknown {
  const made: Record<string, unknown> = {}
  for (const [column, cell] of Object.entries(row)) {
    if (cell === '') continue
    if (column === 'name') made.name = cell
    else if (column === 'tags') made.tags = cell.split(/[\s,;]+/).filter((tag) => tag !== '')
    else put(made, column.split('.'), readCell(cell))
  }
  return made
}

function put(into: Record<string, unknown>, [key = '', ...below]: readonly string[], value: unknown): void {
  if (below.length === 0) {
    Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true })
    return
  }
  const inner = Object.hasOwn(into, key) ? into[key] : undefined
  const next: Record<string, unknown> = typeof inner === 'object' && inner !== null ? { ...inner } : {}
  put(next, below, value)
  Object.defineProperty(into, key, { value: next, enumerable: true, configurable: true, writable: true })
}

// Numbers, truth values, lists and objects are written as JSON; whatever is none is a text.
function readCell(cell: string): unknown {
  try {
    return JSON.parse(cell)
  } catch {
    // A text, as most cells are.
    return cell
  }
}
