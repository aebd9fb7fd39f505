import { PATHS } from '../../../core/ports.ts'
import { CONTRACT, type Contract } from '../../../core/route/contract.ts'
import { LONGEST_WAIT } from '../../../core/route/longest-wait.ts'
import { OPERATIONS, type OperationId } from '../../../core/route/operation.ts'

/** Header whose value makes a POST one that may be repeated. */
export const KEY_HEADER = 'idempotency-key'

/** Methods that may be repeated whatever the path (RFC 9110, 9.2.2), and that the API has. */
export const REPEATABLE_METHODS = ['GET', 'HEAD', 'PUT', 'DELETE'] as const

/** Time for requests that wait for the end of a run, in seconds: the longest that they may ask for, and some for the answer. */
export const WAIT_TIMEOUT = LONGEST_WAIT / 1000 + 10

/** Paths of the API, as routes of a mesh match them: with `*` for what stands in braces. */
export interface CallPaths {
  /** GET: answered by a stream, which lasts as long as the run. */
  readonly streams: readonly string[]
  /** POST: starts one run only for the same key. */
  readonly keyed: readonly string[]
  /** By method: may wait for the end of a run. */
  readonly waiting: { readonly GET: readonly string[]; readonly POST: readonly string[] }
}

/** What a mesh has to know of the API, from the table of its operations. */
export function callPaths(): CallPaths {
  return {
    streams: pathsOf('GET', ({ answers }) => Object.values(answers).some(({ kind }) => kind === 'events')),
    keyed: pathsOf('POST', ({ headers }) => headers !== undefined && KEY_HEADER in headers.shape),
    waiting: { GET: pathsOf('GET', mayWait), POST: pathsOf('POST', mayWait) },
  }
}

function mayWait({ query }: Contract): boolean {
  return query !== undefined && 'wait' in query.shape
}

function pathsOf(method: 'GET' | 'POST', isMeant: (contract: Contract) => boolean): readonly string[] {
  // Keys of the table.
  const ids = Object.keys(OPERATIONS) as OperationId[]
  return ids
    .filter((id) => OPERATIONS[id].method === method && isMeant(CONTRACT[id]))
    .map((id) => PATHS.api + OPERATIONS[id].path.replaceAll(/\{\w+\}/g, '*'))
}
