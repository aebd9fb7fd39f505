import { PATHS } from '../core/ports.ts'
import { OPERATIONS, type OperationId } from '../core/route/operation.ts'
import type { QueryValue, RequestInput, ResponseOf } from '../core/route/wire.ts'
import type { Sent, Transport } from './transport.ts'

/** What may be said of any request. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** Sends one operation and answers its JSON; undefined where it answers without. */
export type Call = <Op extends OperationId>(
  operation: Op,
  request?: RequestInput<Op>,
  options?: CallOptions,
) => Promise<ResponseOf<Op>>

/** Makes the function that sends operations. */
export function createCall(transport: Transport): Call {
  return async (operation, request = {}, options = {}) => {
    const response = await transport(toSent(operation, request, options))
    const text = await response.text()
    // The server's answers are checked against the same schemas in its tests.
    return (text === '' ? undefined : JSON.parse(text)) as never
  }
}

/** The request of an operation, ready to be sent. */
export function toSent<Op extends OperationId>(
  operation: Op,
  request: RequestInput<Op>,
  { signal }: CallOptions,
): Sent {
  const { method } = OPERATIONS[operation]
  // Every operation's request has this shape; the compiler cannot see it while the operation is open.
  const given = request as Given
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(given.headers ?? {})) if (value !== undefined) headers[name] = value
  if (given.body !== undefined) headers['content-type'] = 'application/json'
  return {
    method,
    path: pathOf(operation, given),
    headers,
    ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
    repeatable: method !== 'POST' || headers['idempotency-key'] !== undefined,
    signal,
  }
}

interface Given {
  readonly params?: Readonly<Record<string, string>> | undefined
  readonly query?: Readonly<Record<string, QueryValue>> | undefined
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined
  readonly body?: unknown
}

function pathOf(operation: OperationId, { params = {}, query = {} }: Given): string {
  const path = OPERATIONS[operation].path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  )
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) if (item !== undefined) search.append(name, String(item))
  }
  return PATHS.api + path + (search.size === 0 ? '' : `?${search}`)
}
