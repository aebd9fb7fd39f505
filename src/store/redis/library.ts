import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** The Lua library as Redis loads it. Its functions are `NAME_write` and `NAME_read`. */
export interface Library {
  readonly name: string
  readonly text: string
}

/** In the order in which one may use another. */
const FILES = [
  ...['call', 'order', 'store', 'record', 'batch', 'index', 'move', 'inbox', 'question', 'turn', 'spend', 'blob'],
  ...['journal', 'outbox', 'submit', 'append', 'claim', 'worker', 'schedule'],
  ...['listing', 'question-list', 'session-list', 'session-change', 'cost', 'ended', 'removal', 'usage'],
  ...['dump', 'restore', 'pointer', 'shared-key', 'slice', 'permit'],
  'run',
]

/** Those whose locals others use. What any other file has is its own: Lua lets a chunk have 200 locals. */
const SHARED: ReadonlySet<string> = new Set([
  ...['call', 'order', 'record', 'turn', 'spend', 'journal', 'submit', 'session-change', 'cost', 'dump'],
])

/**
 * Reads the library from the files beside this one.
 *
 * Its name holds a hash of its text, so that releases side by side each have their own.
 */
export function readLibrary(): Library {
  const source = FILES.map(readPart).join('\n')
  const name = `polis_${createHash('sha256').update(source).digest('hex').slice(0, 12)}`
  return { name, text: `#!lua name=${name}\n${source.replaceAll('LIBRARY', name)}` }
}

function readPart(file: string): string {
  const text = readFileSync(new URL(`lua/${file}.lua`, import.meta.url), 'utf8')
  return SHARED.has(file) ? text : `do\n${text}\nend`
}
