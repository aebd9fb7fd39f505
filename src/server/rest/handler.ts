import type { Readable } from 'node:stream'
import type { OperationId } from '../../core/route/operation.ts'
import type { RequestOf, ResponseOf, StatusOf } from '../../core/route/wire.ts'
import type { Caller } from '../../engine/service/service.ts'
import type { Credentials, Principal } from '../auth/authenticator.ts'
import type { RestDependencies } from './dependency.ts'

/** What a handler may use beside the parsed request. */
export interface HandlerContext extends Pick<RestDependencies, 'service' | 'blobs' | 'transients' | 'clock' | 'gate'> {
  readonly principal: Principal
  readonly caller: Caller
  readonly credentials: Credentials
  /** The body of an operation that takes bytes, counted against the limit. */
  readonly bytes: AsyncIterable<Uint8Array>
  readonly stream: RestDependencies['stream']
  /** Aborts when the client has gone, when the server closes, and when the credentials end. */
  readonly signal: AbortSignal
  /** Says that the request will only wait from now on. */
  hold(): void
}

/** What a handler answers: JSON, nothing, or a stream. */
export interface Answered<Op extends OperationId> {
  readonly status: StatusOf<Op>
  readonly body?: ResponseOf<Op>
  readonly stream?: Readable
  readonly headers?: Readonly<Record<string, string>>
}

/** Answers one operation. Rejects with a PolisError. */
export type Handler<Op extends OperationId> = (request: RequestOf<Op>, context: HandlerContext) => Promise<Answered<Op>>

/** Handlers by operation. */
export type Handlers<Op extends OperationId = OperationId> = { readonly [Id in Op]: Handler<Id> }
