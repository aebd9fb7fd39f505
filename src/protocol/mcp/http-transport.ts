import {
  isJSONRPCErrorResponse,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type RequestId,
  StreamableHTTPClientTransport,
  type TransportSendOptions,
} from '@modelcontextprotocol/client'
import type { Clock } from '../../core/clock.ts'
import { limitedFetch } from './limited-fetch.ts'
import { type Loss, MAX_MESSAGE, type ServerTransport } from './server-transport.ts'
import { settledWithin } from './wait.ts'

/** JSON-RPC code of the error that this transport answers itself with when the response to a request was cut off. */
export const CUT_OFF = -32_091

const FAREWELL = 1000

/**
 * A transport over streamable HTTP.
 *
 * It wraps the SDK's for one reason: there, a request whose response stream ends without an answer is heard of no more until it
 * times out. Here it is answered with the error `CUT_OFF`.
 */
export function createHttpTransport(
  url: string,
  headers: Readonly<Record<string, string>>,
  { clock }: { readonly clock: Clock },
): ServerTransport {
  let loss: Loss | undefined
  let closing = false
  const waiting = new Set<RequestId>()
  const inner = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers },
    fetch: limitedFetch(MAX_MESSAGE, clock),
  })
  const deliver = (message: JSONRPCMessage) => {
    if ((isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) && message.id !== undefined)
      waiting.delete(message.id)
    transport.onmessage?.(message)
  }
  const cutOff = (id: RequestId) => {
    if (closing || !waiting.delete(id)) return
    transport.onmessage?.({ jsonrpc: '2.0', id, error: { code: CUT_OFF, message: 'cut off its response' } })
  }
  const send = async (message: JSONRPCMessage, options: TransportSendOptions = {}) => {
    if (!isJSONRPCRequest(message)) return inner.send(message, options)
    const { id } = message
    waiting.add(id)
    const ended = options.onRequestStreamEnd ?? (() => cutOff(id))
    await inner.send(message, { ...options, onRequestStreamEnd: ended }).catch((error: unknown) => {
      waiting.delete(id)
      throw error
    })
  }
  const transport: ServerTransport = {
    hasPerRequestStream: true,
    // The SDK looks for the session here, and takes a defined one for a connection to be resumed.
    get sessionId() {
      return inner.sessionId
    },
    setProtocolVersion: (version) => inner.setProtocolVersion(version),
    start: () => {
      inner.onmessage = deliver
      inner.onerror = (error) => transport.onerror?.(error)
      inner.onclose = () => transport.onclose?.()
      return inner.start()
    },
    send,
    close: async () => {
      if (closing) return
      closing = true
      // A courtesy to servers of the older era that keep sessions; one that does not listen must not keep us.
      if (inner.sessionId !== undefined) await settledWithin(inner.terminateSession(), FAREWELL, clock)
      await inner.close()
    },
    loss: () => loss,
    lose: (reason) => {
      loss ??= reason
    },
    remark: () => undefined,
  }
  return transport
}
