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
  let held: Session | undefined
  // Of many requests that find the same credentials over, the first fetches others.
  const forget = (session: Session) => {
    if (held === session) held = undefined
  }
  const current = (): Session => {
    if (held !== undefined) return held
    const session = openSession(connection)
    session.catch(() => forget(session))
    held = session
    return session
  }
  return async (sent) => {
    const first = current()
    if (isOver((await first).credentials)) forget(first)
    const session = current()
    const answer = await request(connection, await session, sent)
    if (answer.status !== 401 || !connection.renews) return answer
    forget(session)
    return await request(connection, await current(), sent)
  }
}

type Session = Promise<OpenSession>

interface OpenSession {
  readonly credentials: Credentials
  readonly agent: Agent
}

async function openSession(connection: Connection): Session {
  const given = await connection.credentials()
  refuseBroken(given)
  // What is over when it comes is so by a clock that is wrong, which may be ours: the cluster says no where it is really over.
  const { expiresAt: _, ...lasting } = given
  const credentials = isOver(given) ? lasting : given
  return { credentials, agent: agentOf(connection, credentials) }
}

function isOver({ expiresAt }: Credentials): boolean {
  return expiresAt !== undefined && expiresAt <= Date.now()
}

// Node's own error comes where nobody expects one, and says nothing of where it came from.
function refuseBroken({ headers }: Credentials): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      http.validateHeaderValue(name, value)
    } catch {
      throw new PolisError('UNAUTHENTICATED', 'kubeconfig: the token holds characters that no header may have', {
        details: {
          hint: 'Look at the token, its file, or what the credential program prints: it is more than a token',
        },
      })
    }
  }
}

type Agent = http.Agent | https.Agent

function agentOf({ server, tls, proxy, proxyEnv: variables = {} }: Connection, { cert, key }: Credentials): Agent {
  const proxyEnv = { proxyEnv: proxy === undefined ? variables : { HTTPS_PROXY: proxy, HTTP_PROXY: proxy } }
  if (server.startsWith('http:')) return new http.Agent({ keepAlive: true, ...proxyEnv })
  const own = { ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) }
  return new https.Agent({ keepAlive: true, maxSockets: 16, ...tls, ...own, ...proxyEnv })
}

async function request(
  { server }: Connection,
  { credentials: { headers }, agent }: OpenSession,
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
