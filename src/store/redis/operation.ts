import { PolisError } from '../../core/error.ts'
import { isErrorCode } from '../../core/error-code.ts'
import type { Answer } from './answer.ts'
import type { Packer, Value } from './pack.ts'

/** One operation of the Lua library: how it is sent, and what its answer means. */
export interface Operation<T> {
  /** Writes one array: the operation's name and what it is given. */
  pack(out: Packer): void
  /** How many journal entries it has. */
  readonly entries?: number
  /** Reads one value. */
  read(answer: Answer): T
}

/** An operation whose parts are few. */
export function plainOperation<T>(parts: readonly Value[], read: (answer: Answer) => T): Operation<T> {
  return { pack: (out) => out.value(parts), read }
}

/** Nothing is answered that anybody needs. */
export function readNothing(answer: Answer): void {
  answer.skip()
}

/** Reads an array of values. */
export function readAll<T>(answer: Answer, read: (answer: Answer) => T): T[] {
  const all: T[] = []
  for (let left = answer.array(); left > 0; left--) all.push(read(answer))
  return all
}

/** What the library answers where an operation was refused; undefined for all other answers, of which nothing is read. */
export function readRefusal(answer: Answer): PolisError | undefined {
  if (answer.kind() !== 'map') return undefined
  const told = new Map(answer.pairs())
  const code = told.get('code')
  return new PolisError(isErrorCode(code) ? code : 'INTERNAL', told.get('message') ?? 'Redis gave no reason')
}
