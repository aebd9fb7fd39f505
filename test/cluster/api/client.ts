import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

/** An API server, as JSON over HTTP. */
export interface Client {
  /** Asks once; every status is an answer. */
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>
}

export interface AskOptions {
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly contentType?: string
}

export interface Answer {
  readonly status: number
  // What API servers answer with is of too many shapes to be told apart here.
  // biome-ignore lint/suspicious/noExplicitAny: tests read single fields of it
  readonly body: any
  /** Of the server, each a sentence: deprecated versions, pods that Pod Security would refuse. */
  readonly warnings: readonly string[]
}

/** Where it is, and who asks. */
export interface ClientOptions {
  readonly url: string
  readonly ca?: string | Buffer
  readonly token?: string
}

/** Makes a client; each request has a connection of its own, so nothing is left open. */
export function createClient({ url, ca, token }: ClientOptions): Client {
  return {
    ask(method, path, { query = {}, body, contentType = 'application/json' } = {}) {
      const target = new URL(path, url)
      for (const [key, value] of Object.entries(query)) target.searchParams.set(key, value)
      const text = body === undefined ? undefined : JSON.stringify(body)
      const headers = {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(text === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }),
      }
      const request = target.protocol === 'https:' ? requestHttps : requestHttp
      return new Promise((resolve, reject) => {
        const sent = request(target, { method, headers, ca, agent: false, timeout: 30_000 }, (response) => {
          let said = ''
          response.setEncoding('utf8').on('data', (part: string) => {
            said += part
          })
          response.once('error', reject)
          response.once('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              body: parse(said),
              warnings: warningsOf(response.headers.warning),
            }),
          )
        })
        sent.once('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer within 30 s`)))
        sent.once('error', reject)
        sent.end(text)
      })
    },
  }
}

function parse(said: string): unknown {
  try {
    return JSON.parse(said)
  } catch {
    // Health and metrics are plain text.
    return said
  }
}

function warningsOf(header: string | undefined): readonly string[] {
  return [...(header ?? '').matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text)
}
