import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { PolisError } from '../core/error.ts'
import type { Io } from './io.ts'
import { mistakeIn } from './json-mistake.ts'

/**
 * The value that an option gives as JSON, as `@file`, or as `-` for standard input.
 *
 * Throws INVALID_ARGUMENT that names the option, and the line and column where the text stops being JSON, or the file that cannot be read.
 */
export async function readJson(given: string, option: string, io: Pick<Io, 'stdin' | 'cwd'>): Promise<unknown> {
  const { source, where } = await readSource(given, option, io)
  return parseJson(source, where)
}

/**
 * The input that an option gives: JSON as `readJson` reads it, or the text itself where it does not begin as JSON does, since agents that
 * a model leads take what a user would say.
 */
export async function readInput(given: string, option: string, io: Pick<Io, 'stdin' | 'cwd'>): Promise<unknown> {
  const { source, where } = await readSource(given, option, io)
  return isProse(source.trim()) ? source : parseJson(source, where)
}

// A mistake in an object, a list or a quoted text is one, and no prose.
function isProse(source: string): boolean {
  return /^[^{["]/.test(source) && !/^(?:true|false|null|-?\d[\d.eE+-]*)$/.test(source)
}

async function readSource(given: string, option: string, io: Pick<Io, 'stdin' | 'cwd'>) {
  if (given === '-') return { source: await text(io.stdin.stream), where: `${option} (standard input)` }
  if (!given.startsWith('@')) return { source: given, where: option }
  const file = given.slice(1)
  return { source: await readText(file, option, io.cwd), where: `${option} (${file})` }
}

/** The JSON of a text; INVALID_ARGUMENT with the place of the first mistake. */
export function parseJson(source: string, option: string): unknown {
  try {
    return JSON.parse(source)
  } catch (cause) {
    throw new PolisError('INVALID_ARGUMENT', `${option}: expected JSON, ${describeMistake(source)}`, {
      cause,
      details: { hint: `Quote it for the shell, as in '{"name": "Ada"}', or give @FILE, or - for standard input` },
    })
  }
}

async function readText(file: string, option: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), 'utf8')
  } catch (cause) {
    throw new PolisError(
      'INVALID_ARGUMENT',
      `${option}: expected @FILE to name a file that can be read, got ${file}: ${reasonOf(cause)}`,
      {
        cause,
        details: { hint: 'Check the name; it is relative to the current directory' },
      },
    )
  }
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'it is a directory'
  return code === 'EACCES' ? 'it may not be read' : PolisError.from(cause).message
}

function describeMistake(source: string): string {
  if (source.trim() === '') return 'got nothing'
  const position = mistakeIn(source)
  const before = source.slice(0, position)
  const line = before.split('\n').length
  const column = position - before.lastIndexOf('\n')
  const found = position < source.length ? `got '${source.slice(position, position + 20)}'` : 'but it ends too early'
  return `${found} at line ${line}, column ${column}`
}
