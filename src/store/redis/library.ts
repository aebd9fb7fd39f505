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
  ...['dump', 'restore'],
]

/** Those whose locals are their own: Lua lets one chunk have 200. */
const APART = ['pointer', 'shared-key', 'slice', 'permit']

/**
 * Reads the library from the files beside this one.
 *
 * Its name holds a hash of its text, so that releases side by side each have their own.
 */
export function readLibrary(): Library {
  const read = (file: string) => readFileSync(new URL(`lua/${file}.lua`, import.meta.url), 'utf8')
  const apart = APART.map((file) => `do\n${read(file)}\nend`)
  const source = [...FILES.map(read), ...apart, read('run')].join('\n')
  const name = `polis_${createHash('sha256').update(source).digest('hex').slice(0, 12)}`
  return { name, text: `#!lua name=${name}\n${source.replaceAll('LIBRARY', name)}` }
}
