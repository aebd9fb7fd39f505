import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { type Placed, placed } from './overtaken.ts'

/** One request that reached a provider: what it charged, whatever became of the answer. */
export interface CallLine {
  /** `run/step`, the idempotency key that the call came with. */
  readonly key: string
  readonly pid: number
  /** How long the book was when the model was asked (bytes). */
  readonly after: number
  /** Tells this call from any other; its answer carries it. */
  readonly nonce: string
  readonly tokens: number
  readonly nanos: number
  /** The provider was busy, and charged nothing. */
  readonly refused?: true
}

/** The provider's own book: written down independently of the store, and on the disk before an answer goes out. */
export interface CallLog {
  /** Its length (bytes). */
  size(): number
  append(line: CallLine): void
  read(): readonly CallLine[]
}

/** Opens the book that belongs to an effect log; many processes may. */
export function openCallLog(effects: string): CallLog & Disposable {
  const file = openSync(pathOf(effects), 'a')
  return {
    size: () => fstatSync(file).size,
    append(line) {
      writeSync(file, `${JSON.stringify(line)}\n`)
      fsyncSync(file)
    },
    read: () => readCalls(effects),
    [Symbol.dispose]: () => closeSync(file),
  }
}

/** All calls in order; none when no model was ever called. */
export function readCalls(effects: string): readonly Placed<CallLine>[] {
  let text: string
  try {
    text = readFileSync(pathOf(effects), 'utf8')
  } catch {
    // No worker has started: there is no file.
    return []
  }
  // Written by `append` above, a line each.
  return placed<CallLine>(text)
}

function pathOf(effects: string): string {
  return `${effects}.calls`
}
