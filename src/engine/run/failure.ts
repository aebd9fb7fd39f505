import type { RecordedError } from '../../core/entry.ts'
import { PolisError, type SerializedError } from '../../core/error.ts'
import { encode } from '../../core/json.ts'
import type { OperationKind } from '../../core/operation-entry.ts'
import type { Closing } from './recording.ts'

const ORIGINS = new WeakMap<Error, { readonly step: string; readonly at: number }>()

/** The error that a recorded failure is to the code: the same live and replayed. */
export function toError(id: string, { error, sequence }: Extract<Closing, { kind: 'error' }>): PolisError {
  // The code of a journal written by a newer release reads as INTERNAL.
  const failure = PolisError.fromJSON(error as SerializedError)
  ORIGINS.set(failure, { step: id, at: sequence })
  return failure
}

/** Which operation an error came from, itself or by its causes, and the sequence of the entry that says so. */
export function originOf(error: unknown): { readonly step: string; readonly at: number } | undefined {
  let cause = error
  // A chain of causes may be a ring.
  for (let depth = 0; cause instanceof Error && depth < 100; cause = cause.cause, depth++) {
    const origin = ORIGINS.get(cause)
    if (origin !== undefined) return origin
  }
  return undefined
}

/** An error as the journal keeps it; details that cannot be stored are left out. */
export function toRecorded(failure: PolisError): RecordedError {
  const error = failure.toJSON()
  try {
    encode(error)
    return error
  } catch {
    // What went wrong matters more than the facts about it.
    const { details, ...rest } = error
    return rest
  }
}

/** How an operation is named to people: its kind, its id, and that its input counts. */
export function describe({ kind, id, hash }: { kind: OperationKind; id: string; hash: string | undefined }): string {
  return `${kind} ${id}${hash === undefined ? '' : ` with input ${hash}`}`
}
