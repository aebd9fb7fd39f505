import { type ErrorCode, PolisError } from '../../core/error.ts'

// SQLite's primary result codes: https://sqlite.org/rescode.html
const PERM = 3
const BUSY = 5
const LOCKED = 6
const READONLY = 8
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const NOTADB = 26

const MEANING: Readonly<Record<number, { readonly code: ErrorCode; readonly advice: string }>> = {
  [PERM]: { code: 'STORE_UNAVAILABLE', advice: 'check the permissions of the file and its folder' },
  [BUSY]: { code: 'STORE_BUSY', advice: 'another process keeps writing to it, try again' },
  [LOCKED]: { code: 'STORE_BUSY', advice: 'another connection keeps writing to it, try again' },
  [READONLY]: { code: 'STORE_UNAVAILABLE', advice: 'make the file and its folder writable for this user' },
  [IOERR]: { code: 'STORE_UNAVAILABLE', advice: 'the disk failed to read or write, check it' },
  [CORRUPT]: { code: 'STORE_CORRUPT', advice: 'restore a backup, or move the file away to start anew' },
  [FULL]: { code: 'STORE_FULL', advice: 'free space on the disk; what was not acknowledged was not stored' },
  [CANTOPEN]: {
    code: 'STORE_UNAVAILABLE',
    advice: 'check that it is a file, and that this user may read and write it',
  },
  [NOTADB]: {
    code: 'STORE_CORRUPT',
    advice: 'it is no SQLite database: set `store.path` to another file, or move this one away',
  },
}

/** The error as one of ours: what SQLite says of the file, and what to do about it. */
export function storeFailure(reason: unknown, path: string, noun: 'store' | 'archive' = 'store'): PolisError {
  if (reason instanceof PolisError) return reason
  const primary = resultCode(reason)
  const meaning = primary === undefined ? undefined : MEANING[primary]
  if (meaning === undefined) return PolisError.from(reason)
  const said = reason instanceof Error ? reason.message : String(reason)
  const advice = meaning.advice.replace('store.path', `${noun}.path`)
  return new PolisError(meaning.code, `The ${noun} ${path} cannot be used (${said}): ${advice}`, { cause: reason })
}

/** Whether another connection is in the way, and trying again will help. */
export function isBusy(reason: unknown): boolean {
  const code = resultCode(reason)
  return code === BUSY || code === LOCKED
}

function resultCode(reason: unknown): number | undefined {
  // node:sqlite puts the extended result code on its errors; the low byte is the primary one.
  return reason instanceof Error && 'errcode' in reason && typeof reason.errcode === 'number'
    ? reason.errcode & 0xff
    : undefined
}
