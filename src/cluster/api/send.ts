import http from 'node:http'
import https from 'node:https'
import { PolisError } from '../../core/error.ts'
import type { Connection, Credentials } from '../kubeconfig/connection.ts'

/** A request to the API server. */
export interface Sent {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
}

/** What it answered. */
export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
}

/** Sends one request; an answer of any status, or UNREACHABLE. */
export type Send = (sent: Sent) => Promise<Answer>

/** Longest that a request may take, in milliseconds: what a proxied request waits for included. */
const LONGEST = 60_000

/** Makes the function that sends requests over one cluster's connection. Credentials that were refused are fetched anew, once. */
export function createSend(connection: Connection): Send {
  let agent: Agent | undefined
  let held: Promise<Credentials> | undefined
  const send = async (sent: Sent): Promise<Answer> => {
    held ??= connection.credentials()
    const credentials = await held.catch((reason: unknown) => {
      held = undefined
      throw reason
    })
    if (credentials.expiresAt !== undefined && credentials.expiresAt <= Date.now()) {
      held = agent = undefined
      return send(sent)
    }
    agent ??= agentOf(connection, credentials)
    return await request(connection, credentials, agent, sent)
  }
  return async (sent) => {
    const answer = await send(sent)
    if (answer.status !== 401 || !connection.renews) return answer
    held = agent = undefined
    return send(sent)
  }
}

type Agent = http.Agent | https.Agent

function agentOf({ server, tls, proxy }: Connection, { cert, key }: Credentials): Agent {
  const proxyEnv = proxy === undefined ? {} : { proxyEnv: { HTTPS_PROXY: proxy, HTTP_PROXY: proxy } }
  if (server.startsWith('http:')) return new http.Agent({ keepAlive: true, ...proxyEnv })
  const own = { ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) }
  return new https.Agent({ keepAlive: true, maxSockets: 16, ...tls, ...own, ...proxyEnv })
}

async function request(
  { server }: Connection,
  { headers }: Credentials,
  agent: Agent,
  { method, path, body, signal, ...sent }: Sent,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const signals = [AbortSignal.timeout(LONGEST), ...(signal === undefined ? [] : [signal])]
  // Node gives no length to the body of a DELETE: the next request of the connection would be read as its rest.
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const options = {
    ...{ method, agent, signal: AbortSignal.any(signals) },
    headers: { accept: 'application/json', 'user-agent': 'polis', ...sent.headers, ...length, ...headers },
  }
  const url = new URL(server + path)
  const request = (url.protocol === 'http:' ? http : https).request(url, options, (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('error', reject)
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }),
    )
  })
  request.on('error', reject)
  request.end(body)
  try {
    return await promise
  } catch (cause) {
    signal?.throwIfAborted()
    throw new PolisError(
      'UNREACHABLE',
      `The cluster at ${server} cannot be reached: ${PolisError.from(cause).message}`,
      {
        cause,
        details: { hint: 'Check the context of your kubeconfig (--context, --kubeconfig), and the way to the cluster' },
      },
    )
  }
}
